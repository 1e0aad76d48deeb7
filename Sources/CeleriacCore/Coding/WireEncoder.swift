/// Writes values of any `Encodable` type as JSON text.
///
/// Containers may be filled in any order, so they gather in a tree that is written at the end.
final class WireEncoder: Encoder {
  let node: WireNode
  let codingPath: [any CodingKey]

  var userInfo: [CodingUserInfoKey: Any] { [:] }

  init(node: WireNode = WireNode(), codingPath: [any CodingKey] = []) {
    self.node = node
    self.codingPath = codingPath
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    node.becomeObject()
    return KeyedEncodingContainer(WireKeyedEncoding(node: node, codingPath: codingPath))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    node.becomeArray()
    return WireUnkeyedEncoding(node: node, codingPath: codingPath)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer {
    self
  }
}

extension WireEncoder: SingleValueEncodingContainer {
  func encodeNil() {
    node.content = .text(JSONText.null)
  }

  func encode<T: Encodable>(_ value: T) throws {
    try node.set(value, path: codingPath)
  }

  // The generic method does not serve the 128-bit integers: without a method of their own they get
  // the standard library's, which throws. So in the other containers.
  func encode(_ value: Int128) throws {
    try node.set(value, path: codingPath)
  }

  func encode(_ value: UInt128) throws {
    try node.set(value, path: codingPath)
  }
}

/// A value on its way to text.
final class WireNode {
  enum Content {
    case text([UInt8])
    case array([WireNode])
    case object([(key: String, value: WireNode)])
  }

  // Encoding nothing is how an empty struct encodes itself.
  var content = Content.object([])

  func becomeObject() {
    if case .object = content { return }
    content = .object([])
  }

  func becomeArray() {
    if case .array = content { return }
    content = .array([])
  }

  func set<T: Encodable>(_ value: T, path: [any CodingKey]) throws {
    if let scalar = value as? any WireScalar {
      content = .text(scalar.wireText)
    } else {
      try value.encode(to: WireEncoder(node: self, codingPath: path))
    }
  }

  /// Adds an element to the array that this node is.
  func appendElement() -> WireNode {
    let element = WireNode()
    if case .array(var elements) = content {
      content = .array([])
      elements.append(element)
      content = .array(elements)
    }
    return element
  }

  /// Adds a member to the object that this node is; of two with one key the last counts.
  func appendMember(_ key: String) -> WireNode {
    let member = WireNode()
    if case .object(var members) = content {
      content = .object([])
      members.append((key, member))
      content = .object(members)
    }
    return member
  }

  var count: Int {
    if case .array(let elements) = content { elements.count } else { 0 }
  }

  func write(to output: inout [UInt8]) {
    switch content {
    case .text(let text): output += text
    case .array(let elements):
      output.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { output.append(json: ", ") }
        element.write(to: &output)
      }
      output.append(UInt8(ascii: "]"))
    case .object(let members):
      output.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { output.append(json: ", ") }
        output.append(jsonString: member.key)
        output.append(json: ": ")
        member.value.write(to: &output)
      }
      output.append(UInt8(ascii: "}"))
    }
  }
}

private struct WireKeyedEncoding<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let node: WireNode
  let codingPath: [any CodingKey]

  mutating func encodeNil(forKey key: Key) {
    node.appendMember(key.stringValue).content = .text(JSONText.null)
  }

  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    try node.appendMember(key.stringValue).set(value, path: codingPath + [key])
  }

  mutating func encode(_ value: Int128, forKey key: Key) throws {
    try node.appendMember(key.stringValue).set(value, path: codingPath + [key])
  }

  mutating func encode(_ value: UInt128, forKey key: Key) throws {
    try node.appendMember(key.stringValue).set(value, path: codingPath + [key])
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type, forKey key: Key
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder(key).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    encoder(key).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    WireEncoder(node: node.appendMember("super"), codingPath: codingPath)
  }

  mutating func superEncoder(forKey key: Key) -> any Encoder {
    encoder(key)
  }

  private func encoder(_ key: Key) -> WireEncoder {
    WireEncoder(node: node.appendMember(key.stringValue), codingPath: codingPath + [key])
  }
}

private struct WireUnkeyedEncoding: UnkeyedEncodingContainer {
  let node: WireNode
  let codingPath: [any CodingKey]

  var count: Int { node.count }

  mutating func encodeNil() {
    node.appendElement().content = .text(JSONText.null)
  }

  mutating func encode<T: Encodable>(_ value: T) throws {
    try append(value)
  }

  mutating func encode(_ value: Int128) throws {
    try append(value)
  }

  mutating func encode(_ value: UInt128) throws {
    try append(value)
  }

  mutating func nestedContainer<NestedKey: CodingKey>(
    keyedBy keyType: NestedKey.Type
  ) -> KeyedEncodingContainer<NestedKey> {
    encoder().container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    encoder().unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder {
    encoder()
  }

  private func append<T: Encodable>(_ value: T) throws {
    let path = codingPath + [WireKey(intValue: count)]
    try node.appendElement().set(value, path: path)
  }

  private func encoder() -> WireEncoder {
    let path = codingPath + [WireKey(intValue: count)]
    return WireEncoder(node: node.appendElement(), codingPath: path)
  }
}
