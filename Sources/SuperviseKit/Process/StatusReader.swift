/// What a process tells about itself on its status pipe, in sd_notify's vocabulary.
package enum StatusMessage: Sendable, Equatable {
  case ready
  /// It was ready, and is not for now.
  case unready
  case stopping
  case busy(Int)
  case status(String)
  case watchdog

  init?(_ line: Substring) {
    guard let equal = line.firstIndex(of: "=") else { return nil }
    let value = line[line.index(after: equal)...]
    switch line[..<equal] {
    case "READY" where value == "1": self = .ready
    case "READY" where value == "0": self = .unready
    case "STOPPING" where value == "1": self = .stopping
    case "WATCHDOG" where value == "1": self = .watchdog
    case "BUSY":
      guard let number = Int(value), number >= 0 else { return nil }
      self = .busy(number)
    case "STATUS": self = .status(Self.plain(value))
    default: return nil
    }
  }

  /// What can be shown in a terminal without changing it, and not too much of it.
  private static func plain(_ text: Substring) -> String {
    let shown = text.unicodeScalars.filter { $0.properties.generalCategory != .control }
    return String(String(String.UnicodeScalarView(shown)).prefix(200))
  }
}

/// Cuts what comes out of a status pipe into messages; what it does not know it skips.
package struct StatusReader: Sendable {
  private var held: [UInt8] = []
  /// A line beyond this is no message.
  private static let longest = 4096

  package init() {}

  package mutating func take(_ bytes: some Sequence<UInt8>) -> [StatusMessage] {
    var messages: [StatusMessage] = []
    for byte in bytes {
      if byte == UInt8(ascii: "\n") {
        let line = String(decoding: held, as: UTF8.self)
        if let message = StatusMessage(line[...].trimmed) { messages.append(message) }
        held.removeAll(keepingCapacity: true)
      } else if held.count < Self.longest {
        held.append(byte)
      }
    }
    return messages
  }
}
