extension Envelope {
  /// The body's JSON text, decoded from base64 when it is encoded so.
  ///
  /// - Throws: ``WireError`` when there is no body, or when it is serialized, compressed or encoded
  ///   in a way that is not supported. Pickle is never read: it runs code.
  func bodyText() throws(WireError) -> [UInt8] {
    let encoding = try checkContent()
    guard let body else { throw WireError(.missingField, "'body' is missing") }
    guard bytes[body.lowerBound] == UInt8(ascii: "\"") else {
      throw WireError(.wrongType, "'body' is no string")
    }
    let inside = body.lowerBound + 1..<body.upperBound - 1
    guard encoding == .base64 else { return Array(JSONText.unescaped(bytes, inside).utf8) }
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

  private enum BodyEncoding {
    case plain
    case base64
  }

  private func checkContent() throws(WireError) -> BodyEncoding {
    guard isText(contentType, "\"application/json\"") || string(contentType) == "application/json"
    else {
      throw WireError(
        .unsupportedEncoding,
        "content type '\(string(contentType) ?? "none")' is not accepted, only JSON")
    }
    guard !isPresent(headers.compression) else {
      throw WireError(
        .unsupportedEncoding,
        "compression '\(string(headers.compression) ?? "?")' is not supported")
    }
    // What kombu writes, recognized without making a String of it.
    if isText(properties.bodyEncoding, "\"base64\"") { return .base64 }
    guard let encoding = string(properties.bodyEncoding)?.lowercased() else { return .plain }
    switch encoding {
    case "base64": return .base64
    case "utf-8": return .plain
    default:
      throw WireError(.unsupportedEncoding, "body encoding '\(encoding)' is not known")
    }
  }

  private func isText(_ range: Range<Int>?, _ text: StaticString) -> Bool {
    range.map { text ~= JSONKey(bytes, $0) } ?? false
  }
}
