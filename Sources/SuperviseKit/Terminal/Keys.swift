/// What single keys mean, while `supervise dev` has a terminal.
///
/// A pure value: it is given what was typed and answers with what is meant. A name is typed after
/// a `/` and shown until it is complete.
struct Keys: Equatable {
  enum Action: Equatable {
    case reload
    case restartAll
    /// Show the log of these alone; nil for all.
    case focus(String?)
    /// No process is called what was typed.
    case unknown(String)
    case pause
    case status
    case help
    case quit
  }

  /// The name that is being typed.
  private(set) var naming: String?

  private static let escape: UInt8 = 0x1B
  private static let longest = 64

  /// - Parameters:
  ///   - bytes: What was typed.
  ///   - kinds: What the digits stand for, from 1.
  ///   - names: All names that may be typed.
  /// - Returns: What is meant by it, in its order.
  mutating func receive(
    _ bytes: some Sequence<UInt8>, kinds: [String], names: [String]
  ) -> [Action] {
    var rest = Array(bytes)[...]
    var actions: [Action] = []
    while let byte = rest.popFirst() {
      if byte == Self.escape {
        if Self.skipSequence(&rest) { continue }
        if naming != nil { naming = nil } else { actions.append(.focus(nil)) }
      } else if let text = naming {
        if let action = type(byte, after: text, names) { actions.append(action) }
      } else if let action = press(byte, kinds) {
        actions.append(action)
      }
    }
    return actions
  }

  private mutating func press(_ byte: UInt8, _ kinds: [String]) -> Action? {
    switch byte {
    case UInt8(ascii: "r"): return .reload
    case UInt8(ascii: "R"): return .restartAll
    case UInt8(ascii: "p"): return .pause
    case UInt8(ascii: "s"): return .status
    case UInt8(ascii: "?"), UInt8(ascii: "h"): return .help
    case UInt8(ascii: "q"): return .quit
    case UInt8(ascii: "0"), UInt8(ascii: "a"): return .focus(nil)
    case UInt8(ascii: "1")...UInt8(ascii: "9"):
      let index = Int(byte - UInt8(ascii: "1"))
      return index < kinds.count ? .focus(kinds[index]) : nil
    case UInt8(ascii: "/"):
      naming = ""
      return nil
    default: return nil
    }
  }

  private mutating func type(_ byte: UInt8, after text: String, _ names: [String]) -> Action? {
    switch byte {
    case 0x0A, 0x0D:
      naming = nil
      guard !text.isEmpty else { return nil }
      return Self.meant(by: text, names).map { .focus($0) } ?? .unknown(text)
    case 0x7F, 0x08: naming = String(text.dropLast())
    case 0x15: naming = ""
    case 0x21...0x7E where text.count < Self.longest:
      naming = text + String(decoding: [byte], as: UTF8.self)
    default: break
    }
    return nil
  }

  /// The name itself, or what begins like this and nothing else does: `wor` for `worker`, of which
  /// `worker.1` is one.
  private static func meant(by text: String, _ names: [String]) -> String? {
    if names.contains(text) { return text }
    let found = names.filter { $0.hasPrefix(text) }
    guard let shortest = found.min(by: { $0.count < $1.count }) else { return nil }
    return found.allSatisfy { $0.hasPrefix(shortest) } ? shortest : nil
  }

  /// What an arrow or function key sends after its escape; false for the escape key itself.
  private static func skipSequence(_ rest: inout ArraySlice<UInt8>) -> Bool {
    guard let first = rest.first, [UInt8(ascii: "["), UInt8(ascii: "O")].contains(first) else {
      return false
    }
    rest.removeFirst()
    while let byte = rest.popFirst(), !(0x40...0x7E ~= byte) {}
    return true
  }

  static let help = [
    "r  build and reload what is new      R      restart all",
    "1  to 9: show the log of one alone   /name  the same; 0 or Esc: all",
    "p  pause watching, or go on          s      state of all",
    "q  quit, as Ctrl-C                   ?      these lines",
  ]
}
