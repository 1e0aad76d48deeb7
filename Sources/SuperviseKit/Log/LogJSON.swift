/// A line as the end of a JSON object: the text, and what is special about it.
enum LogJSON {
  private static let hex = Array("0123456789abcdef".utf8)
  private static let replacement = Array("\\ufffd".utf8)

  /// Appends the text, its closing quote, further fields and the line end.
  ///
  /// A text that is not UTF-8 is given twice: readable, and exact in base64 as `raw`.
  static func append(
    _ bytes: UnsafeRawBufferPointer, piece: LogPrefix.Piece, into out: inout [UInt8]
  ) {
    var exact = true
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte >= 0x80 {
        let length = UTF8Length.valid(bytes, at: index)
        if length == 0 {
          exact = false
          out += replacement
          index += 1
        } else {
          out.append(contentsOf: bytes[index..<index + length])
          index += length
        }
        continue
      }
      escape(byte, into: &out)
      index += 1
    }
    out.append(UInt8(ascii: "\""))
    if piece != .whole { out += Array(",\"partial\":true".utf8) }
    if !exact {
      out += Array(",\"raw\":\"".utf8)
      base64(bytes, into: &out)
      out.append(UInt8(ascii: "\""))
    }
    out += [UInt8(ascii: "}"), 0x0A]
  }

  private static func escape(_ byte: UInt8, into out: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
    case 0x09: out += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
    case 0x00..<0x20, 0x7F:
      out += Array("\\u00".utf8)
      out += [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
    default: out.append(byte)
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ bytes: UnsafeRawBufferPointer, into out: inout [UInt8]) {
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      var bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      bits <<= UInt32(8 * (3 - group.count))
      for place in 0..<4 {
        let digit = alphabet[Int(bits >> UInt32(18 - 6 * place) & 63)]
        out.append(place <= group.count ? digit : UInt8(ascii: "="))
      }
    }
  }
}

/// Telling UTF-8 from other bytes.
enum UTF8Length {
  /// The length of the well-formed character that begins here; 0 when there is none.
  static func valid(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Int {
    func follows(_ offset: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
      index + offset < bytes.count && range ~= bytes[index + offset]
    }
    switch bytes[index] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return follows(1) ? 2 : 0
    case 0xE0: return follows(1, 0xA0...0xBF) && follows(2) ? 3 : 0
    case 0xED: return follows(1, 0x80...0x9F) && follows(2) ? 3 : 0
    case 0xE1...0xEF: return follows(1) && follows(2) ? 3 : 0
    case 0xF0: return follows(1, 0x90...0xBF) && follows(2) && follows(3) ? 4 : 0
    case 0xF4: return follows(1, 0x80...0x8F) && follows(2) && follows(3) ? 4 : 0
    case 0xF1...0xF3: return follows(1) && follows(2) && follows(3) ? 4 : 0
    default: return 0
    }
  }
}
