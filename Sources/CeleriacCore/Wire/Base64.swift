/// Base64 of RFC 4648, with padding; the encoding of message bodies.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static let invalid: UInt8 = 0xFF

  private static let values: [UInt8] = {
    var table = [UInt8](repeating: invalid, count: 256)
    for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
    return table
  }()

  /// How long the text of some bytes is.
  static func length(of bytes: UnsafeRawBufferPointer) -> Int { (bytes.count + 2) / 3 * 4 }

  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      output += [UInt8](unsafeUninitializedCapacity: length(of: bytes)) { text, count in
        count = encode(bytes, into: UnsafeMutableRawBufferPointer(text))
      }
    }
  }

  /// Writes the text of some bytes to memory that has room for it, and returns its length.
  static func encode(
    _ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer
  ) -> Int {
    var index = 0
    var count = 0
    // Six bytes of the eight that are read.
    while bytes.count - index >= 8 {
      let word = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
      text.storeBytes(of: digits(of: word >> 16).bigEndian, toByteOffset: count, as: UInt64.self)
      index += 6
      count += 8
    }
    while index < bytes.count {
      let missing = max(index + 3 - bytes.count, 0)
      var group: UInt64 = 0
      for byte in bytes[index..<index + 3 - missing] { group = group << 8 | UInt64(byte) }
      let digits = digits(of: group << (8 * UInt64(missing)))
      for place in 0..<4 {
        text[count + place] =
          place < 4 - missing
          ? UInt8(truncatingIfNeeded: digits >> (24 - 8 * UInt64(place))) : UInt8(ascii: "=")
      }
      index += 3
      count += 4
    }
    return count
  }

  // The eight digits of 48 bits, the last of them in the lowest byte: all at once, a byte for each.
  private static func digits(of bits: UInt64) -> UInt64 {
    var lanes = (bits & 0xFFFF_FF00_0000) << 8 | bits & 0xFF_FFFF
    lanes = (lanes & 0x00FF_F000_00FF_F000) << 4 | lanes & 0x0000_0FFF_0000_0FFF
    lanes = (lanes & 0x0FC0_0FC0_0FC0_0FC0) << 2 | lanes & 0x003F_003F_003F_003F
    // From "A" on, and at each border of the alphabet as far on or back as its next part lies.
    return lanes &+ ones &* 65 &+ reached(26, lanes) &* 6 &- reached(52, lanes) &* 75
      &- reached(62, lanes) &* 15 &+ reached(63, lanes) &* 3
  }

  // One in each byte whose value, below 64, is at least `border`.
  private static func reached(_ border: UInt64, _ lanes: UInt64) -> UInt64 {
    (lanes &+ ones &* (128 - border)) >> 7 & ones
  }

  private static let ones: UInt64 = 0x0101_0101_0101_0101

  /// The bytes that the text in `range` stands for, or nil when it is not base64.
  ///
  /// Line breaks are passed over, as Python's decoder does.
  static func decode(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    var (output, rest) = decodeGroups(bytes, range)
    let values = values
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for index in rest {
      let byte = bytes[index]
      let value = values[Int(byte)]
      if value != invalid, padding == 0 {
        group = group << 6 | UInt32(value)
        digits += 1
        if digits % 4 == 0 {
          output.append(UInt8(truncatingIfNeeded: group >> 16))
          output.append(UInt8(truncatingIfNeeded: group >> 8))
          output.append(UInt8(truncatingIfNeeded: group))
          group = 0
        }
      } else if byte == UInt8(ascii: "=") {
        padding += 1
      } else if byte != UInt8(ascii: "\n"), byte != UInt8(ascii: "\r") {
        return nil
      }
    }
    switch (digits % 4, padding) {
    case (0, 0): break
    case (2, 2): output.append(UInt8(truncatingIfNeeded: group >> 4))
    case (3, 1):
      output.append(UInt8(truncatingIfNeeded: group >> 10))
      output.append(UInt8(truncatingIfNeeded: group >> 2))
    default: return nil
    }
    return output
  }

  // The groups of four digits that stand at the beginning, in one go, and what is left: commonly
  // no more than the padded group at the end.
  private static func decodeGroups(
    _ bytes: [UInt8], _ range: Range<Int>
  ) -> (plain: [UInt8], rest: Range<Int>) {
    var index = range.lowerBound
    let plain = [UInt8](unsafeUninitializedCapacity: range.count / 4 * 3) { plain, count in
      bytes[range].withUnsafeBufferPointer { text in
        values.withUnsafeBufferPointer { values in
          for start in stride(from: 0, through: text.count - 4, by: 4) {
            let first = UInt32(values[Int(text[start])])
            let second = UInt32(values[Int(text[start + 1])])
            let third = UInt32(values[Int(text[start + 2])])
            let fourth = UInt32(values[Int(text[start + 3])])
            // No digit has a value above 63.
            guard (first | second | third | fourth) < 64 else { return }
            let group = first << 18 | second << 12 | third << 6 | fourth
            plain[count] = UInt8(truncatingIfNeeded: group >> 16)
            plain[count + 1] = UInt8(truncatingIfNeeded: group >> 8)
            plain[count + 2] = UInt8(truncatingIfNeeded: group)
            count += 3
            index += 4
          }
        }
      }
    }
    return (plain, index..<range.upperBound)
  }
}
