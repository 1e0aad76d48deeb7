/// What JSON text is appended to.
package protocol JSONOutput: ~Copyable {
  mutating func append(_ byte: UInt8)
  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>)
}

extension [UInt8]: JSONOutput {}

extension JSONOutput where Self: ~Copyable {
  mutating func append(json text: StaticString) {
    text.withUTF8Buffer { append(contentsOf: $0) }
  }

  /// Appends bytes as they are: the caller knows them to be JSON, or part of it.
  mutating func append(raw bytes: [UInt8]) {
    bytes.withUnsafeBufferPointer { append(contentsOf: $0) }
  }

  /// Appends `text` as it is: the caller knows it to be JSON, or part of it.
  mutating func append(raw text: String) {
    var text = text
    text.withUTF8 { append(contentsOf: $0) }
  }

  /// Appends a quoted, escaped string.
  package mutating func append(jsonString text: String) {
    var text = text
    append(UInt8(ascii: "\""))
    text.withUTF8 { append(escaping: $0) }
    append(UInt8(ascii: "\""))
  }

  /// Appends a quoted, escaped string, given as UTF-8.
  mutating func append(jsonString text: [UInt8]) {
    text.withUnsafeBufferPointer { append(quoting: $0) }
  }

  private mutating func append(quoting text: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    append(escaping: text)
    append(UInt8(ascii: "\""))
  }

  /// Appends text with its escapes; what needs none is copied in one go, which is nearly always all
  /// of it.
  private mutating func append(escaping text: UnsafeBufferPointer<UInt8>) {
    var plain = 0
    while true {
      let end = JSONText.endOfPlainText(UnsafeRawBufferPointer(text), plain..<text.count)
      append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<end]))
      guard end < text.count else { return }
      append(escapeOf: text[end])
      plain = end + 1
    }
  }

  private mutating func append(escapeOf byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): append(json: "\\\"")
    case UInt8(ascii: "\\"): append(json: "\\\\")
    case UInt8(ascii: "\n"): append(json: "\\n")
    case UInt8(ascii: "\r"): append(json: "\\r")
    case UInt8(ascii: "\t"): append(json: "\\t")
    default:
      append(json: "\\u00")
      append(Hex.digit(byte >> 4))
      append(Hex.digit(byte & 15))
    }
  }

  mutating func append(jsonString text: String?) {
    guard let text else { return append(json: "null") }
    append(jsonString: text)
  }

  mutating func append(json value: Int) {
    if 0..<10 ~= value {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
    } else {
      append(raw: String(value))
    }
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

extension JSONOutput where Self: ~Copyable {
  mutating func append(jsonSeconds duration: Duration?) {
    guard let duration else { return append(json: "null") }
    append(json: duration / .seconds(1))
  }
}

extension [UInt8] {
  mutating func append(jsonTimestamp time: Timestamp?) {
    guard let time else { return append(json: "null") }
    append(UInt8(ascii: "\""))
    time.appendISO8601(to: &self)
    append(UInt8(ascii: "\""))
  }
}
