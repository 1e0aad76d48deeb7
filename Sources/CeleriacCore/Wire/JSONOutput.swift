/// What JSON text is appended to.
package protocol JSONOutput: ~Copyable {
  mutating func append(_ byte: UInt8)
  mutating func append(contentsOf bytes: UnsafeBufferPointer<UInt8>)
  /// Appends bytes that need no escape, between quotes.
  mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>)
}

extension [UInt8]: JSONOutput {
  package mutating func append(quoted bytes: UnsafeBufferPointer<UInt8>) {
    append(UInt8(ascii: "\""))
    append(contentsOf: bytes)
    append(UInt8(ascii: "\""))
  }
}

extension JSONOutput where Self: ~Copyable {
  mutating func append(json text: StaticString) {
    append(
      contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
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
    // As nearly every text is, and without a copy that owns it.
    if text.utf8.withContiguousStorageIfAvailable({ append(quoting: $0) }) != nil { return }
    var text = text
    text.withUTF8 { append(quoting: $0) }
  }

  /// Appends a quoted, escaped string, given as UTF-8.
  mutating func append(jsonString text: [UInt8]) {
    text.withUnsafeBufferPointer { append(quoting: $0) }
  }

  // What needs no escape is copied in one go, which is nearly always all of it.
  private mutating func append(quoting text: UnsafeBufferPointer<UInt8>) {
    let end = JSONText.endOfPlainText(UnsafeRawBufferPointer(text), 0..<text.count)
    guard end < text.count else { return append(quoted: text) }
    append(UInt8(ascii: "\""))
    append(escaping: text, from: end)
    append(UInt8(ascii: "\""))
  }

  // `special` is the first that needs an escape.
  private mutating func append(escaping text: UnsafeBufferPointer<UInt8>, from special: Int) {
    var plain = 0
    var end = special
    while true {
      append(contentsOf: UnsafeBufferPointer(rebasing: text[plain..<end]))
      guard end < text.count else { return }
      append(escapeOf: text[end])
      plain = end + 1
      end = JSONText.endOfPlainText(UnsafeRawBufferPointer(text), plain..<text.count)
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
