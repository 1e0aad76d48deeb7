extension JSONText {
  /// Where the text inside a string first has something to look at: a quote, a backslash or a control
  /// character; the end of the range without any.
  ///
  /// Nearly all of a message is such text, so eight bytes are looked at in one go. In a difference
  /// with borrow the high bit of a byte says that it was below what was taken off; it may say so
  /// wrongly only above a byte of which it is true, and the lowest is what counts. A quote changes its
  /// place with the blank before, next to the control characters, so that one difference finds both.
  @inline(__always)
  static func endOfPlainText(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
    var index = range.lowerBound
    while range.upperBound &- index >= 8 {
      let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      let special =
        (isBelow(word ^ ones &* 0x02, 0x21) | isBelow(word ^ ones &* 0x5C, 1)) & highBits
      if special != 0 { return index &+ special.trailingZeroBitCount &>> 3 }
      index &+= 8
    }
    while index < range.upperBound, !isSpecial(bytes[index]) { index &+= 1 }
    return index
  }

  @inline(__always)
  static func endOfPlainText(_ bytes: [UInt8], _ range: Range<Int>) -> Int {
    bytes.withUnsafeBytes { endOfPlainText($0, range) }
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101
  private static let highBits: UInt64 = 0x8080_8080_8080_8080

  // The high bit of each byte that is less than `limit`; bytes from 0x80 are not.
  private static func isBelow(_ word: UInt64, _ limit: UInt64) -> UInt64 {
    (word &- ones &* limit) & ~word
  }

  private static func isSpecial(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }
}
