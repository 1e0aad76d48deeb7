/// Reads values of any `Decodable` type from JSON text where a scanner has found them.
struct WireDecoder: Decoder {
  let bytes: [UInt8]
  let range: Range<Int>
  let codingPath: [any CodingKey]

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    KeyedDecodingContainer(try WireKeyedDecoding(self))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try WireUnkeyedDecoding(self)
  }

  func singleValueContainer() throws -> any SingleValueDecodingContainer {
    self
  }

  func mismatch(_ type: Any.Type, expected: String) -> DecodingError {
    .typeMismatch(
      type,
      .init(
        codingPath: codingPath,
        debugDescription: "expected \(expected), found \(WireCoding.preview(bytes, range))"))
  }
}

extension WireDecoder: SingleValueDecodingContainer {
  func decodeNil() -> Bool {
    JSONText.isNull(bytes, range)
  }

  func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try WireCoding.decode(type, from: bytes, in: range, path: codingPath)
  }

  // The generic method does not serve the 128-bit integers: without a method of their own they get
  // the standard library's, which throws. So in the other containers.
  func decode(_ type: Int128.Type) throws -> Int128 {
    try WireCoding.decode(type, from: bytes, in: range, path: codingPath)
  }

  func decode(_ type: UInt128.Type) throws -> UInt128 {
    try WireCoding.decode(type, from: bytes, in: range, path: codingPath)
  }
}

private struct WireKeyedDecoding<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let decoder: WireDecoder
  let members: [String: Range<Int>]

  var codingPath: [any CodingKey] { decoder.codingPath }
  var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

  init(_ decoder: WireDecoder) throws {
    guard decoder.bytes[decoder.range.lowerBound] == UInt8(ascii: "{") else {
      throw decoder.mismatch([String: Any].self, expected: "an object")
    }
    var members: [String: Range<Int>] = [:]
    var scanner = JSONScanner(decoder.bytes, in: decoder.range)
    try scanner.readObject { (key, scanner) throws(WireError) in
      members[JSONText.unescaped(scanner.bytes, key)] = try scanner.skipValue()
    }
    self.decoder = decoder
    self.members = members
  }

  func contains(_ key: Key) -> Bool {
    members[key.stringValue] != nil
  }

  func decodeNil(forKey key: Key) throws -> Bool {
    JSONText.isNull(decoder.bytes, try member(key))
  }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
    try value(type, key)
  }

  func decode(_ type: Int128.Type, forKey key: Key) throws -> Int128 {
    try value(type, key)
  }

  func decode(_ type: UInt128.Type, forKey key: Key) throws -> UInt128 {
    try value(type, key)
  }

  func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type, forKey key: Key
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try nested(key, try member(key)).container(keyedBy: type)
  }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try nested(key, try member(key)).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder {
    let key = WireKey(stringValue: "super")
    guard let range = members[key.stringValue] else { throw missing(key) }
    return nested(key, range)
  }

  func superDecoder(forKey key: Key) throws -> any Decoder {
    nested(key, try member(key))
  }

  private func value<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T {
    try WireCoding.decode(
      type, from: decoder.bytes, in: try member(key), path: codingPath + [key])
  }

  private func nested(_ key: any CodingKey, _ range: Range<Int>) -> WireDecoder {
    WireDecoder(bytes: decoder.bytes, range: range, codingPath: codingPath + [key])
  }

  private func member(_ key: Key) throws -> Range<Int> {
    guard let range = members[key.stringValue] else { throw missing(key) }
    return range
  }

  private func missing(_ key: any CodingKey) -> DecodingError {
    .keyNotFound(
      key, .init(codingPath: codingPath, debugDescription: "'\(key.stringValue)' is missing"))
  }
}

private struct WireUnkeyedDecoding: UnkeyedDecodingContainer {
  let decoder: WireDecoder
  let elements: [Range<Int>]
  var currentIndex = 0

  var codingPath: [any CodingKey] { decoder.codingPath }
  var count: Int? { elements.count }
  var isAtEnd: Bool { currentIndex >= elements.count }

  init(_ decoder: WireDecoder) throws {
    guard decoder.bytes[decoder.range.lowerBound] == UInt8(ascii: "[") else {
      throw decoder.mismatch([Any].self, expected: "an array")
    }
    var elements: [Range<Int>] = []
    var scanner = JSONScanner(decoder.bytes, in: decoder.range)
    try scanner.readArray { (scanner) throws(WireError) in
      elements.append(try scanner.skipValue())
    }
    self.decoder = decoder
    self.elements = elements
  }

  mutating func decodeNil() throws -> Bool {
    let range = try element()
    guard JSONText.isNull(decoder.bytes, range) else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
    try value(type)
  }

  mutating func decode(_ type: Int128.Type) throws -> Int128 {
    try value(type)
  }

  mutating func decode(_ type: UInt128.Type) throws -> UInt128 {
    try value(type)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy type: NestedKey.Type
  ) throws -> KeyedDecodingContainer<NestedKey> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
    try next().unkeyedContainer()
  }

  mutating func superDecoder() throws -> any Decoder {
    try next()
  }

  private var path: [any CodingKey] { codingPath + [WireKey(intValue: currentIndex)] }

  private mutating func value<T: Decodable>(_ type: T.Type) throws -> T {
    let value = try WireCoding.decode(
      type, from: decoder.bytes, in: try element(), path: path)
    currentIndex += 1
    return value
  }

  private mutating func next() throws -> WireDecoder {
    let nested = WireDecoder(bytes: decoder.bytes, range: try element(), codingPath: path)
    currentIndex += 1
    return nested
  }

  private func element() throws -> Range<Int> {
    guard currentIndex < elements.count else {
      throw DecodingError.valueNotFound(
        Any.self,
        .init(codingPath: path, debugDescription: "the array has \(elements.count) elements"))
    }
    return elements[currentIndex]
  }
}
