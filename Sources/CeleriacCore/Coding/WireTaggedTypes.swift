import FoundationEssentials

/// An object with exactly the keys `__type__` and `__value__`: how Python's side writes its types.
struct TaggedValue {
  let type: String
  let value: Range<Int>

  init?(_ bytes: [UInt8], _ range: Range<Int>) {
    guard bytes[range.lowerBound] == UInt8(ascii: "{") else { return nil }
    var scanner = JSONScanner(bytes, in: range)
    var type: String?
    var value: Range<Int>?
    do {
      try scanner.readObject { (key, scanner) throws(WireError) in
        let member = try scanner.skipValue()
        switch String(decoding: bytes[key], as: UTF8.self) {
        case "__type__": type = JSONText.string(bytes, member)
        case "__value__": value = member
        default: throw WireError(.wrongType, "not a tagged value")
        }
      }
    } catch {
      return nil
    }
    guard let type, let value else { return nil }
    self.type = type
    self.value = value
  }

  static func text(_ type: StaticString, _ value: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.append(json: #"{"__type__": ""#)
    output.append(json: type)
    output.append(json: #"", "__value__": "#)
    output += value
    output.append(UInt8(ascii: "}"))
    return output
  }
}

extension Date: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let time = Timestamp(wire: bytes, range) else { return nil }
    self.init(time)
  }

  var wireText: [UInt8] { Timestamp(self).wireText }
}

extension Timestamp: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    let tagged = TaggedValue(bytes, range)
    if let tagged, tagged.type != "datetime", tagged.type != "date" { return nil }
    guard var text = JSONText.string(bytes, tagged?.value ?? range) else { return nil }
    if tagged?.type == "date" { text += "T00:00:00" }
    self.init(iso8601: text.utf8)
  }

  var wireText: [UInt8] {
    var text: [UInt8] = []
    text.append(jsonTimestamp: self)
    return TaggedValue.text("datetime", text)
  }
}

extension UUID: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let tagged = TaggedValue(bytes, range) else {
      guard let text = JSONText.string(bytes, range) else { return nil }
      self.init(uuidString: text)
      return
    }
    var hex: String?
    var scanner = JSONScanner(bytes, in: tagged.value)
    try? scanner.readObject { (key, scanner) throws(WireError) in
      let member = try scanner.skipValue()
      if bytes[key].elementsEqual("hex".utf8) { hex = JSONText.string(bytes, member) }
    }
    guard tagged.type == "uuid", var text = hex, text.utf8.count == 32,
      text.utf8.allSatisfy({ Hex.value($0) != nil })
    else { return nil }
    for offset in [20, 16, 12, 8] {
      text.insert("-", at: text.index(text.startIndex, offsetBy: offset))
    }
    self.init(uuidString: text)
  }

  var wireText: [UInt8] {
    let hex = uuidString.lowercased().filter { $0 != "-" }
    return TaggedValue.text("uuid", Array(#"{"hex": "\#(hex)"}"#.utf8))
  }
}

extension Decimal: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    let tagged = TaggedValue(bytes, range)
    if let tagged, tagged.type != "decimal" { return nil }
    let value = tagged?.value ?? range
    let text =
      JSONText.string(bytes, value) ?? String(decoding: bytes[value], as: UTF8.self)
    // Foundation reads the number that a text begins with and passes over what follows it.
    guard JSONScanner.isNumber(Array(text.utf8)) else { return nil }
    self.init(string: text)
  }

  var wireText: [UInt8] { TaggedValue.text("decimal", description.wireText) }
}

extension Data: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let tagged = TaggedValue(bytes, range),
      let text = JSONText.string(bytes, tagged.value)
    else { return nil }
    switch tagged.type {
    case "bytes": self.init(text.utf8)
    case "base64":
      let encoded = Array(text.utf8)
      guard let plain = Base64.decode(encoded, 0..<encoded.count) else { return nil }
      self.init(plain)
    default: return nil
    }
  }

  // Python writes text where the bytes are UTF-8; base64 says the same in every case.
  var wireText: [UInt8] {
    var encoded: [UInt8] = [UInt8(ascii: "\"")]
    Base64.encode(Array(self), into: &encoded)
    encoded.append(UInt8(ascii: "\""))
    return TaggedValue.text("base64", encoded)
  }
}

extension URL: WireScalar {
  init?(wire bytes: [UInt8], _ range: Range<Int>) {
    guard let text = JSONText.string(bytes, range) else { return nil }
    self.init(string: text)
  }

  var wireText: [UInt8] { absoluteString.wireText }
}
