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

  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    output.reserveCapacity(output.count + (bytes.count + 2) / 3 * 4)
    var index = 0
    while index + 2 < bytes.count {
      let group =
        UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
      append(group, digits: 4, to: &output)
      index += 3
    }
    switch bytes.count - index {
    case 1:
      append(UInt32(bytes[index]) << 16, digits: 2, to: &output)
      output.append(json: "==")
    case 2:
      append(
        UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8, digits: 3, to: &output)
      output.append(json: "=")
    default: break
    }
  }

  /// The bytes that the text in `range` stands for, or nil when it is not base64.
  ///
  /// Line breaks are passed over, as Python's decoder does.
  static func decode(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8]? {
    var output: [UInt8] = []
    output.reserveCapacity(range.count / 4 * 3)
    let values = values
    var group: UInt32 = 0
    var digits = 0
    var padding = 0
    for index in range {
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

  private static func append(_ group: UInt32, digits: Int, to output: inout [UInt8]) {
    for digit in 0..<digits {
      output.append(alphabet[Int(group >> UInt32(18 - 6 * digit) & 63)])
    }
  }
}
