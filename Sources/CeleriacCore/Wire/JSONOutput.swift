/// Appending JSON text to a buffer.
extension [UInt8] {
  mutating func append(json text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends `text` as it is: the caller knows it to be JSON, or part of it.
  mutating func append(raw text: String) {
    append(contentsOf: text.utf8)
  }

  /// Appends a quoted, escaped string.
  package mutating func append(jsonString text: String) {
    append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(json: "\\\"")
      case UInt8(ascii: "\\"): append(json: "\\\\")
      case UInt8(ascii: "\n"): append(json: "\\n")
      case UInt8(ascii: "\r"): append(json: "\\r")
      case UInt8(ascii: "\t"): append(json: "\\t")
      case 0..<0x20:
        append(json: "\\u00")
        append(Hex.digits[Int(byte >> 4)])
        append(Hex.digits[Int(byte & 15)])
      default: append(byte)
      }
    }
    append(UInt8(ascii: "\""))
  }

  mutating func append(jsonString text: String?) {
    guard let text else { return append(json: "null") }
    append(jsonString: text)
  }

  mutating func append(json value: some BinaryInteger) {
    append(raw: String(value))
  }

  mutating func append(json value: Bool) {
    append(json: value ? "true" : "false")
  }

  /// Appends the shortest text that reads back as `value`, in Python's spelling of the specials.
  mutating func append(json value: Double) {
    if value.isNaN {
      append(json: "NaN")
    } else if value.isInfinite {
      append(json: value < 0 ? "-Infinity" : "Infinity")
    } else {
      append(raw: value.description)
    }
  }
}
