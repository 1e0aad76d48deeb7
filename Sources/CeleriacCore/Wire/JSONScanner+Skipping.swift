extension JSONScanner {
  /// Passes over what is left of a string before its closing quote, from where its text is not plain.
  @inline(never)
  mutating func skipStrangeText() throws(WireError) {
    while true {
      guard position < end else { throw unexpected("the text ends inside a string") }
      switch bytes[position] {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"): try skipEscape()
      default: throw unexpected("a control character inside a string")
      }
      position = JSONText.endOfPlainText(bytes, position..<end)
    }
  }

  // Passes over a backslash and what belongs to it.
  private mutating func skipEscape() throws(WireError) {
    position += 1
    guard position < end else { throw unexpected("the text ends inside a string") }
    switch bytes[position] {
    case UInt8(ascii: "u"):
      let digits = position + 1..<position + 5
      guard digits.upperBound <= end, bytes[digits].allSatisfy({ Hex.value($0) != nil }) else {
        throw unexpected("four hexadecimal digits were expected")
      }
      position = digits.upperBound
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"),
      UInt8(ascii: "f"), UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      position += 1
    default:
      throw unexpected("an unknown escape")
    }
  }

  /// Whether the whole text is one number, in digits.
  static func isNumber(_ text: [UInt8]) -> Bool {
    guard let last = text.last, Hex.value(last) != nil else { return false }
    var scanner = JSONScanner(text)
    do {
      try scanner.skipNumber()
      return scanner.position == text.count
    } catch {
      return false
    }
  }

  // Which containers are open, one bit each: 1 for an object.
  struct NestingStack {
    // The innermost ones; the words of those further out follow each other in `outer`, which stays
    // empty, and so without an allocation, for all but the strangest of messages.
    private var bits: UInt64 = 0
    private var outer: [UInt64] = []
    private(set) var depth = 0

    var isEmpty: Bool { depth == 0 }
    var insideObject: Bool { bits & 1 == 1 }

    mutating func push(object: Bool) {
      if depth > 0, depth.isMultiple(of: 64) { outer.append(bits) }
      bits = bits << 1 | (object ? 1 : 0)
      depth += 1
    }

    mutating func pop() {
      bits >>= 1
      depth -= 1
      if depth > 0, depth.isMultiple(of: 64) { bits = outer.removeLast() }
    }
  }

  /// Passes over an object or an array and all that is in it.
  @inline(never)
  mutating func skipContainer() throws(WireError) {
    var open = NestingStack()
    repeat {
      try skipToken(&open)
    } while !open.isEmpty
  }

  // Passes over one scalar, or one opening bracket, and whatever closes after it.
  private mutating func skipToken(_ open: inout NestingStack) throws(WireError) {
    let first = peek()
    switch first {
    case UInt8(ascii: "{"):
      position += 1
      open.push(object: true)
      guard peek() == UInt8(ascii: "}") else {
        try checkDepth(open)
        _ = try skipKey()
        return
      }
      position += 1
      open.pop()
    case UInt8(ascii: "["):
      position += 1
      open.push(object: false)
      guard peek() == UInt8(ascii: "]") else {
        return try checkDepth(open)
      }
      position += 1
      open.pop()
    default:
      try skipScalar(first)
    }
    try closeFinished(&open)
  }

  private mutating func closeFinished(_ open: inout NestingStack) throws(WireError) {
    while !open.isEmpty {
      let closing = UInt8(ascii: open.insideObject ? "}" : "]")
      if try readSeparator(closing: closing) {
        if open.insideObject { _ = try skipKey() }
        return
      }
      open.pop()
    }
  }

  private func checkDepth(_ open: NestingStack) throws(WireError) {
    guard open.depth <= Self.maximumDepth else {
      throw WireError(.tooDeep, "more than \(Self.maximumDepth) levels at byte \(position)")
    }
  }

  /// Passes over a value that is neither object nor array, and begins with `first`.
  mutating func skipScalar(_ first: UInt8) throws(WireError) {
    switch first {
    case UInt8(ascii: "\""): try skipText()
    case UInt8(ascii: "t"): try skipWord("true")
    case UInt8(ascii: "f"): try skipWord("false")
    case UInt8(ascii: "n"): try skipWord("null")
    case UInt8(ascii: "N"): try skipWord("NaN")
    case UInt8(ascii: "I"): try skipWord("Infinity")
    default: try skipNumber()
    }
  }

  @inline(__always)
  private mutating func skipWord(_ word: StaticString) throws(WireError) {
    let count = word.utf8CodeUnitCount
    guard position + count <= end, word ~= JSONKey(bytes, position..<position + count) else {
      throw unexpected("a value was expected")
    }
    position += count
  }

  private mutating func skipNumber() throws(WireError) {
    if position < end, bytes[position] == UInt8(ascii: "-") {
      position += 1
      if position < end, bytes[position] == UInt8(ascii: "I") { return try skipWord("Infinity") }
    }
    if position < end, bytes[position] == UInt8(ascii: "0") {
      // Nothing follows a leading zero but a fraction or an exponent.
      position += 1
    } else {
      try skipDigits()
    }
    if position < end, bytes[position] == UInt8(ascii: ".") {
      position += 1
      try skipDigits()
    }
    guard position < end, bytes[position] | 0x20 == UInt8(ascii: "e") else { return }
    position += 1
    if position < end, bytes[position] == UInt8(ascii: "+") || bytes[position] == UInt8(ascii: "-")
    {
      position += 1
    }
    try skipDigits()
  }

  private mutating func skipDigits() throws(WireError) {
    let start = position
    while position < end, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    guard position > start else { throw unexpected("a value was expected") }
  }
}
