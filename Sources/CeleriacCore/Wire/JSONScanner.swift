/// A cursor over JSON text that hands out ranges instead of building values.
///
/// It checks the grammar while it moves, so that a value skipped is a value proven. It accepts what
/// Python's `json` writes beyond the standard: bare `NaN`, `Infinity` and `-Infinity`, integers of
/// any size, and lone surrogates in escapes. Nesting is counted, not recursed, so hostile input
/// costs no stack.
struct JSONScanner {
  /// How many arrays and objects may stand inside each other.
  static let maximumDepth = 512

  let bytes: [UInt8]
  var position: Int
  let end: Int

  init(_ bytes: [UInt8]) {
    self.init(bytes, in: 0..<bytes.count)
  }

  init(_ bytes: [UInt8], in range: Range<Int>) {
    self.bytes = bytes
    position = range.lowerBound
    end = range.upperBound
  }

  /// The first byte of the value that comes next, or zero at the end.
  @inline(__always)
  mutating func peek() -> UInt8 {
    while position < end {
      let byte = bytes[position]
      switch byte {
      case 0x20, 0x0A, 0x0D, 0x09: position &+= 1
      default: return byte
      }
    }
    return 0
  }

  /// Passes over one value and returns where it stands.
  mutating func skipValue() throws(WireError) -> Range<Int> {
    let first = peek()
    let start = position
    // Most values of a message are strings.
    if first == UInt8(ascii: "\"") {
      try skipText()
    } else if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") {
      try skipContainer()
    } else {
      try skipScalar(first)
    }
    return Range(uncheckedBounds: (start, position))
  }

  /// Calls `body` at each member of the object that comes next.
  ///
  /// `body` gets the raw key, without its quotes, and must consume the value.
  @inline(__always)
  mutating func readObject(
    _ body: (Range<Int>, inout JSONScanner) throws(WireError) -> Void
  ) throws(WireError) {
    try expect(UInt8(ascii: "{"))
    guard peek() != UInt8(ascii: "}") else { return position += 1 }
    while true {
      let key = try skipKey()
      try body(key, &self)
      guard try readSeparator(closing: UInt8(ascii: "}")) else { return }
    }
  }

  /// Calls `body` at each element of the array that comes next; `body` must consume it.
  @inline(__always)
  mutating func readArray(
    _ body: (inout JSONScanner) throws(WireError) -> Void
  ) throws(WireError) {
    try expect(UInt8(ascii: "["))
    guard peek() != UInt8(ascii: "]") else { return position += 1 }
    while true {
      try body(&self)
      guard try readSeparator(closing: UInt8(ascii: "]")) else { return }
    }
  }

  /// Fails unless nothing but white space is left.
  mutating func finish() throws(WireError) {
    _ = peek()
    guard position == end else { throw unexpected("text after the value") }
  }

  /// Passes over the name of a member and the colon, and returns where it stands, without quotes.
  @inline(__always)
  mutating func skipKey() throws(WireError) -> Range<Int> {
    guard peek() == UInt8(ascii: "\"") else { throw unexpected("a string was expected") }
    let start = position &+ 1
    try skipText()
    let end = position &- 1
    try expect(UInt8(ascii: ":"))
    return Range(uncheckedBounds: (start, end))
  }

  /// Passes over a string, whose opening quote has been seen.
  @inline(__always)
  mutating func skipText() throws(WireError) {
    position = JSONText.endOfPlainText(bytes, Range(uncheckedBounds: (position &+ 1, end)))
    if position == end || bytes[position] != UInt8(ascii: "\"") { try skipStrangeText() }
    position &+= 1
  }

  // Reads the comma or the closing byte after an element; false at the closing byte.
  @inline(__always)
  mutating func readSeparator(closing: UInt8) throws(WireError) -> Bool {
    switch peek() {
    case UInt8(ascii: ","):
      position += 1
      return true
    case closing:
      position += 1
      return false
    default:
      throw unexpected("a comma or the closing bracket was expected")
    }
  }

  @inline(__always)
  mutating func expect(_ byte: UInt8) throws(WireError) {
    guard peek() == byte else { throw missing(byte) }
    position += 1
  }

  @inline(never)
  private func missing(_ byte: UInt8) -> WireError {
    unexpected("'\(Character(Unicode.Scalar(byte)))' was expected")
  }

  @inline(never)
  func unexpected(_ what: String) -> WireError {
    WireError(.notJSON, "\(what) at byte \(position)")
  }
}
