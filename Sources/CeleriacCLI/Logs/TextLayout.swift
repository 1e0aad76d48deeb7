import CeleriacCore
import CeleriacSchedule
import Glibc
import Logging

/// The layout for people.
///
///     12:03:07.123 info  worker  task succeeded  task=add task_id=1f3c… duration_ms=1.2
struct TextLayout {
  /// Whether lines begin with the time of day; a supervisor prints one of its own.
  var showsTime: Bool
  /// Whether the level has a colour.
  var hasColours: Bool

  func line(_ entry: LogEntry) -> [UInt8] {
    var line: [UInt8] = []
    line.reserveCapacity(160)
    if showsTime { line.append(timeOfDay: entry.time) }
    appendLevel(entry.level, to: &line)
    line.append(padding: entry.label, to: 6)
    line.append(printable: entry.message)
    var separator = "  "
    for (key, value) in entry.orderedMetadata {
      line += separator.utf8
      line += "\(key)=".utf8
      line.append(value: "\(value)")
      separator = " "
    }
    line.append(UInt8(ascii: "\n"))
    return line
  }

  private func appendLevel(_ level: Logger.Level, to line: inout [UInt8]) {
    let (word, colour) = Self.name(of: level)
    if hasColours { line += "\u{1B}[\(colour)m".utf8 }
    line += word.utf8
    if hasColours { line += "\u{1B}[0m".utf8 }
    line.append(UInt8(ascii: " "))
  }

  // Five letters each, so that what follows stands in one column.
  private static func name(of level: Logger.Level) -> (word: String, colour: String) {
    switch level {
    case .trace: ("trace", "90")
    case .debug: ("debug", "90")
    case .info: ("info ", "32")
    case .notice: ("note ", "36")
    case .warning: ("warn ", "33")
    case .error: ("error", "31")
    case .critical: ("fatal", "1;31")
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(timeOfDay time: Timestamp) {
    var seconds = time_t(time.milliseconds / 1000)
    var local = tm()
    localtime_r(&seconds, &local)
    append(local.tm_hour, width: 2)
    append(UInt8(ascii: ":"))
    append(local.tm_min, width: 2)
    append(UInt8(ascii: ":"))
    append(local.tm_sec, width: 2)
    append(UInt8(ascii: "."))
    append(Int32(time.milliseconds % 1000), width: 3)
    append(UInt8(ascii: " "))
  }

  private mutating func append(_ number: Int32, width: Int) {
    let digits = String(number)
    append(contentsOf: repeatElement(UInt8(ascii: "0"), count: Swift.max(width - digits.count, 0)))
    append(contentsOf: digits.utf8)
  }

  // Two blanks at least before what follows.
  fileprivate mutating func append(padding text: String, to width: Int) {
    append(contentsOf: text.utf8)
    append(
      contentsOf: repeatElement(
        UInt8(ascii: " "), count: Swift.max(width - text.utf8.count, 0) + 2))
  }

  /// A value that has blanks, quotes or control characters stands in quotes, as in JSON.
  fileprivate mutating func append(value: String) {
    let isPlain = !value.isEmpty && value.utf8.allSatisfy { $0 > 0x20 && $0 != 0x22 && $0 != 0x7F }
    if isPlain {
      append(contentsOf: value.utf8)
    } else {
      append(jsonString: value)
    }
  }

  /// An entry is one line and says nothing to the terminal, whatever a task logs.
  fileprivate mutating func append(printable text: String) {
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\n"): append(contentsOf: "\\n".utf8)
      case UInt8(ascii: "\t"): append(UInt8(ascii: " "))
      case 0..<0x20, 0x7F: append(contentsOf: "\\x\(String(byte, radix: 16))".utf8)
      default: append(byte)
      }
    }
  }
}
