/// A line as the end of a JSON object: the text, and what is special about it.
enum LogJSON {
  private static let hex = Array("0123456789abcdef".utf8)
  private static let replacement = Array("\\ufffd".utf8)
  private static let unicode = Array("\\u00".utf8)
  private static let partial = Array(",\"partial\":true".utf8)
  private static let raw = Array(",\"raw\":\"".utf8)

  /// Appends the text, its closing quote, further fields and the line end.
  ///
  /// A text that is not UTF-8 is given twice: readable, and exact in base64 as `raw`.
  static func append(
    _ bytes: UnsafeRawBufferPointer, piece: LogPrefix.Piece, into out: inout LogBatch
  ) {
    var exact = true
    var plain = 0
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard needsCare(byte) else {
        index += 1
        continue
      }
      if byte >= 0x80 {
        let length = UTF8Length.valid(bytes, at: index)
        if length > 0 {
          index += length
          continue
        }
      }
      out.append(UnsafeRawBufferPointer(rebasing: bytes[plain..<index]))
      if byte >= 0x80 {
        exact = false
        out.append(replacement)
      } else {
        escape(byte, into: &out)
      }
      index += 1
      plain = index
    }
    out.append(UnsafeRawBufferPointer(rebasing: bytes[plain...]))
    out.append(UInt8(ascii: "\""))
    if piece != .whole { out.append(partial) }
    if !exact {
      out.append(raw)
      base64(bytes, into: &out)
      out.append(UInt8(ascii: "\""))
    }
    out.append(UInt8(ascii: "}"))
    out.append(0x0A)
  }

  @inline(__always)
  private static func needsCare(_ byte: UInt8) -> Bool {
    byte < 0x20 || byte >= 0x7F || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
  }

  private static func escape(_ byte: UInt8, into out: inout LogBatch) {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"):
      out.append(UInt8(ascii: "\\"))
      out.append(byte)
    case 0x09:
      out.append(UInt8(ascii: "\\"))
      out.append(UInt8(ascii: "t"))
    default:
      out.append(unicode)
      out.append(hex[Int(byte >> 4)])
      out.append(hex[Int(byte & 15)])
    }
  }

  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  private static func base64(_ bytes: UnsafeRawBufferPointer, into out: inout LogBatch) {
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
