/// Turning values into JSON text and back, through `Codable`, in Celery's spelling.
///
/// Dates, UUIDs, decimals and bytes travel as the tagged objects that Python's side makes of its
/// own types, so a `Date` arrives as a `datetime` and comes back as a `Date`.
package enum WireCoding {
  /// The JSON text of a value.
  package static func encode<T: Encodable>(_ value: T) throws -> [UInt8] {
    // Asking for a conformance costs ten times what comparing with one type does.
    if let number = value as? Int { return number.wireText }
    if let scalar = value as? any WireScalar { return scalar.wireText }
    let encoder = WireEncoder()
    try value.encode(to: encoder)
    var output: [UInt8] = []
    encoder.node.write(to: &output)
    return output
  }

  /// The value that a whole JSON text stands for.
  package static func decode<T: Decodable>(_ type: T.Type, from bytes: [UInt8]) throws -> T {
    var scanner = JSONScanner(bytes)
    let range = try scanner.skipValue()
    try scanner.finish()
    return try decode(type, from: bytes, in: range)
  }

  /// The value in a range that a ``JSONScanner`` has passed over.
  package static func decode<T: Decodable>(
    _ type: T.Type, from bytes: [UInt8], in range: Range<Int>, path: [any CodingKey] = []
  ) throws -> T {
    // Asking for a conformance costs ten times what comparing with one type does.
    if T.self == Int.self, let value = JSONText.integer(bytes, range, as: Int.self) {
      // Sound, because the two are one type, which a cast would take a hundred instructions to see.
      return unsafeBitCast(value, to: T.self)
    }
    return try decodeOther(type, from: bytes, in: range, path: path)
  }

  // Apart, because whoever enters it pays for the metadata of optional values.
  @inline(never)
  private static func decodeOther<T: Decodable>(
    _ type: T.Type, from bytes: [UInt8], in range: Range<Int>, path: [any CodingKey]
  ) throws -> T {
    guard let scalar = type as? any WireScalar.Type else {
      return try T(from: WireDecoder(bytes: bytes, range: range, codingPath: path))
    }
    guard let value = scalar.init(wire: bytes, range) as? T else {
      throw DecodingError.typeMismatch(
        type,
        .init(
          codingPath: path, debugDescription: "expected \(type), found \(preview(bytes, range))"
        ))
    }
    return value
  }

  // Long enough to recognise the value, too short to spill it into a log.
  static func preview(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "{"): "an object"
    case UInt8(ascii: "["): "an array"
    case UInt8(ascii: "\""): "a string"
    case UInt8(ascii: "n"): "null"
    case UInt8(ascii: "t"), UInt8(ascii: "f"): "a boolean"
    default: "a number"
    }
  }
}

/// A type with a JSON spelling of its own, written and read without a coder.
protocol WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>)
  var wireText: [UInt8] { get }
}

/// The key of an array element, or of a dictionary whose keys are not known beforehand.
struct WireKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(stringValue: String) {
    self.stringValue = stringValue
    intValue = nil
  }

  init(intValue: Int) {
    stringValue = String(intValue)
    self.intValue = intValue
  }
}
