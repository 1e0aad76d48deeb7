extension Envelope {
  /// The body's JSON text, decoded from base64 when it is encoded so.
  ///
  /// - Throws: ``WireError`` when there is no body, or when it is serialized, compressed or encoded
  ///   in a way that is not supported. Pickle is never read: it runs code.
  func bodyText() throws(WireError) -> [UInt8] {
    try checkContent()
    guard let body else { throw WireError(.missingField, "'body' is missing") }
    guard bytes[body.lowerBound] == UInt8(ascii: "\"") else {
      throw WireError(.wrongType, "'body' is no string")
    }
    let inside = body.lowerBound + 1..<body.upperBound - 1
    guard isBase64 else { return Array(JSONText.unescaped(bytes, inside).utf8) }
    let plain = try decodedBase64(inside)
    do {
      _ = try UTF8Span(validating: plain.span)
    } catch {
      throw WireError(.notJSON, "'body' is no UTF-8")
    }
    return plain
  }

  private func decodedBase64(_ range: Range<Int>) throws(WireError) -> [UInt8] {
    if let plain = Base64.decode(bytes, range) { return plain }
    // An escaped slash or line break is legal JSON, if never seen from Python.
    let unescaped = Array(JSONText.unescaped(bytes, range).utf8)
    guard let plain = Base64.decode(unescaped, 0..<unescaped.count) else {
      throw WireError(.unsupportedEncoding, "'body' is no base64")
    }
    return plain
  }

  private var isBase64: Bool {
    guard let encoding = string(properties.bodyEncoding) else { return false }
    return encoding.lowercased() != "utf-8"
  }

  private func checkContent() throws(WireError) {
    let type = string(contentType)
    guard type == "application/json" else {
      throw WireError(
        .unsupportedEncoding, "content type '\(type ?? "none")' is not accepted, only JSON")
    }
    if let encoding = string(properties.bodyEncoding)?.lowercased(),
      encoding != "base64", encoding != "utf-8"
    {
      throw WireError(.unsupportedEncoding, "body encoding '\(encoding)' is not known")
    }
    guard !isPresent(headers.compression) else {
      throw WireError(
        .unsupportedEncoding,
        "compression '\(string(headers.compression) ?? "?")' is not supported")
    }
  }
}
