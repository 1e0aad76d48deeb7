/// A pattern for one name of a path: `*`, `?`, `[a-z]`, `[!a-z]`, and a backslash before a
/// character that stands for itself.
struct NamePattern: Hashable, Sendable {
  private enum Token: Hashable {
    case literal(Unicode.Scalar)
    case one
    case many
    case set([ClosedRange<Unicode.Scalar>], isNegated: Bool)

    func matches(_ scalar: Unicode.Scalar) -> Bool {
      switch self {
      case .literal(let own): own == scalar
      case .one: true
      case .many: false
      case .set(let ranges, let isNegated):
        ranges.contains { $0.contains(scalar) } != isNegated
      }
    }
  }

  private var tokens: [Token] = []
  /// Whether a `[` stands for itself only because nothing closes it.
  private(set) var hasOpenSet = false

  init(_ text: [Unicode.Scalar]) {
    var index = 0
    while index < text.count {
      let scalar = text[index]
      index += 1
      switch scalar {
      case "*":
        if tokens.last != .many { tokens.append(.many) }
      case "?":
        tokens.append(.one)
      case "[":
        if let (set, end) = Self.set(in: text, from: index) {
          tokens.append(set)
          index = end
        } else {
          tokens.append(.literal(scalar))
          hasOpenSet = true
        }
      case "\\" where index < text.count:
        tokens.append(.literal(text[index]))
        index += 1
      default:
        tokens.append(.literal(scalar))
      }
    }
  }

  func matches(_ name: [Unicode.Scalar]) -> Bool {
    var token = 0
    var position = 0
    // Where to go on when it does not fit: the last `*` takes one character more.
    var retry: (token: Int, position: Int)?
    while position < name.count {
      if token < tokens.count, tokens[token] == .many {
        retry = (token + 1, position)
        token += 1
      } else if token < tokens.count, tokens[token].matches(name[position]) {
        token += 1
        position += 1
      } else if let last = retry {
        retry = (last.token, last.position + 1)
        token = last.token
        position = last.position + 1
      } else {
        return false
      }
    }
    return tokens[token...].allSatisfy { $0 == .many }
  }

  /// The set whose opening bracket stands before `start`; nil when nothing closes it.
  private static func set(
    in text: [Unicode.Scalar], from start: Int
  ) -> (token: Token, end: Int)? {
    var index = start
    let isNegated = index < text.count && (text[index] == "!" || text[index] == "^")
    if isNegated { index += 1 }
    var ranges: [ClosedRange<Unicode.Scalar>] = []
    let first = index
    while index < text.count {
      if text[index] == "]", index > first {
        return (.set(ranges, isNegated: isNegated), index + 1)
      }
      if text[index] == "\\", index + 1 < text.count { index += 1 }
      let low = text[index]
      index += 1
      if index + 1 < text.count, text[index] == "-", text[index + 1] != "]" {
        let high = text[index + 1]
        if low <= high { ranges.append(low...high) }
        index += 2
      } else {
        ranges.append(low...low)
      }
    }
    return nil
  }
}
