extension Envelope {
  /// The headers as a person reads them: each name with its value's JSON text, in order.
  package var headerTexts: [(name: String, text: String)] {
    guard let start = headers.start else { return [] }
    var found: [(String, String)] = []
    var scanner = JSONScanner(bytes, in: start - 1..<bytes.count)
    // What was read once without an error is read again without one.
    try? scanner.readObject { (key, scanner) throws(WireError) in
      let value = try scanner.skipValue()
      found.append((JSONText.unescaped(bytes, key), String(decoding: bytes[value], as: UTF8.self)))
    }
    return found
  }
}

extension TaskCall {
  /// The positional arguments, each as JSON text.
  package var positionalTexts: [String] {
    body.positional.map { String(decoding: body.bytes[$0], as: UTF8.self) }
  }

  /// The keyword arguments, each with its value's JSON text.
  package var keywordTexts: [(name: String, text: String)] {
    body.keywords.map { ($0.name, String(decoding: body.bytes[$0.value], as: UTF8.self)) }
  }
}
