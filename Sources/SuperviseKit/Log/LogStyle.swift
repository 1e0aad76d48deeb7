/// How log lines look.
package struct LogStyle: Sendable, Equatable {
  package enum Form: Sendable, Equatable {
    case text
    case json
  }

  package var form = Form.text
  /// Coloured names, and colours of the processes passed on.
  package var colour = false
  /// A person watches: unfinished lines are shown, and progress is redrawn in place.
  package var terminal = false
  package var time = true
  /// Date, time and offset, for those who read it on another day or in another place.
  package var date = false
  /// All that a process writes passes, be it meant to move the cursor or to clear the screen.
  package var raw = false

  package init() {}

  /// The same for a file: nobody watches, and it is read without colours.
  var forFiles: LogStyle {
    var style = self
    style.terminal = false
    style.colour = false
    style.raw = false
    return style
  }

  /// The room that a text of this length can need, without what stands before and after it.
  func worst(_ count: Int) -> Int {
    // In JSON a byte may become `\ufffd` and four thirds of a base64 digit.
    form == .json ? count * 22 / 3 : count
  }

  /// The colours that names can have: readable on dark and on light.
  private static let palette = [36, 33, 32, 35, 34, 96, 93, 92, 95, 94]

  /// What stands before and after a name of this kind.
  func paint(_ kind: String) -> (before: String, after: String) {
    guard colour else { return ("", "") }
    if kind == "system" { return ("\u{1B}[1m", "\u{1B}[0m") }
    var hash: UInt32 = 2_166_136_261
    for byte in kind.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
    return ("\u{1B}[\(Self.palette[Int(hash % UInt32(Self.palette.count))])m", "\u{1B}[0m")
  }

  /// A text that is to be seen at a glance, where there are colours.
  func alarming(_ text: String) -> String {
    colour ? "\u{1B}[31m\(text)\u{1B}[0m" : text
  }
}
