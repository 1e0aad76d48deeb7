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
  static func length(of bytes: [UInt8]) -> Int { (bytes.count + 2) / 3 * 4 }

  static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
    // Into a buffer of known size first: appending digit by digit costs four times as much.
    output += [UInt8](unsafeUninitializedCapacity: length(of: bytes)) { text, count in
      count = encode(bytes, into: text)
    }
  }

  /// Writes the text of some bytes to memory that has room for it, and returns its length.
  static func encode(_ bytes: [UInt8], into text: UnsafeMutableBufferPointer<UInt8>) -> Int {
    var count = 0
    let whole = bytes.count / 3 * 3
    alphabet.withUnsafeBufferPointer { alphabet in
      func write(_ group: UInt32) {
        text[count] = alphabet[Int(group >> 18 & 63)]
        text[count + 1] = alphabet[Int(group >> 12 & 63)]
        text[count + 2] = alphabet[Int(group >> 6 & 63)]
        text[count + 3] = alphabet[Int(group & 63)]
        count += 4
      }
      bytes.withUnsafeBufferPointer { bytes in
        for start in stride(from: 0, to: whole, by: 3) {
          write(
            UInt32(bytes[start]) << 16 | UInt32(bytes[start + 1]) << 8 | UInt32(bytes[start + 2]))
        }
        guard whole < bytes.count else { return }
        let second = whole + 1 < bytes.count ? UInt32(bytes[whole + 1]) : 0
        write(UInt32(bytes[whole]) << 16 | second << 8)
      }
    }
    let missing = (3 - bytes.count % 3) % 3
    for index in count - missing..<count { text[index] = UInt8(ascii: "=") }
    return count
  }

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
