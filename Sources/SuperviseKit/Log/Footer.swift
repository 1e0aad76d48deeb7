/// One line below the log of a terminal, taken away before lines are written and drawn again
/// after them.
///
/// Wherever the cursor stands – at the beginning of a line, or behind an unfinished one – the
/// footer lies below it, and all below it belongs to the footer: so erasing it is one command, and
/// the log itself is never touched.
package struct Footer: Sendable, Equatable {
  /// What it says; no line ends, no cursor movement, and not wider than the terminal.
  package var text: [UInt8] = []
  /// Whether the log ends within a line.
  private(set) var isBehindText = false
  private(set) var isDrawn = false

  package init() {}

  /// The log goes on: what goes before these lines, and what after them.
  mutating func frame(
    _ lines: UnsafeRawBufferPointer
  ) -> (before: [UInt8], after: [UInt8]) {
    let before = isDrawn ? Self.erase : []
    if let last = lines.last { isBehindText = last != 0x0A }
    isDrawn = !text.isEmpty
    return (before, isDrawn ? drawing : [])
  }

  /// The text has changed: what draws it anew.
  mutating func redrawn() -> [UInt8] {
    let before = isDrawn ? Self.erase : []
    isDrawn = !text.isEmpty
    return isDrawn ? before + drawing : before
  }

  private var drawing: [UInt8] {
    isBehindText ? Self.goBelow + text + Self.comeBack : Self.start + text + Self.back
  }

  private static func sequence(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// All that is behind and below the cursor.
  private static let erase = sequence("\u{1B}[J")
  /// What is too wide must not wrap, or it would take a second line.
  private static let start = sequence("\u{1B}[?7l")
  private static let back = sequence("\u{1B}[0m\u{1B}[?7h\r")
  /// Makes sure that there is a line below, remembers the place, and goes there.
  private static let goBelow = sequence("\u{1B}D\u{1B}[A\u{1B}7\u{1B}[B\r\u{1B}[0m\u{1B}[?7l")
  private static let comeBack = sequence("\u{1B}[?7h\u{1B}8")
}
