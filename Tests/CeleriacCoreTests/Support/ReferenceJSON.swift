/// JSON read the obvious way, to compare the scanner with.
///
/// One function calls the next, and every value becomes a tree. It accepts what Python's `json`
/// accepts.
indirect enum JSONTree: Equatable {
  case word(String)
  case number(String)
  case string(String)
  case array([JSONTree])
  case object([Member])

  struct Member: Equatable {
    let key: String
    let value: JSONTree
  }

  struct Malformed: Error {}

  init(reading bytes: [UInt8]) throws {
    var reader = ReferenceReader(rest: bytes[...])
    self = try reader.value()
    reader.space()
    guard reader.rest.isEmpty else { throw Malformed() }
  }
}

private struct ReferenceReader {
  var rest: ArraySlice<UInt8>

  mutating func space() {
    rest = rest.drop { [0x20, 0x09, 0x0A, 0x0D].contains($0) }
  }

  mutating func value() throws -> JSONTree {
    space()
    for word in ["null", "true", "false", "NaN", "Infinity", "-Infinity"] where take(word) {
      return .word(word)
    }
    if take("[") { return .array(try list(until: "]") { try $0.value() }) }
    if take("{") { return .object(try list(until: "}") { try $0.member() }) }
    if rest.first == UInt8(ascii: "\"") { return .string(try string()) }
    return .number(try number())
  }

  private mutating func list<Element>(
    until end: String, _ element: (inout ReferenceReader) throws -> Element
  ) throws -> [Element] {
    var elements: [Element] = []
    space()
    if take(end) { return elements }
    while true {
      elements.append(try element(&self))
      space()
      if take(end) { return elements }
      guard take(",") else { throw JSONTree.Malformed() }
    }
  }

  private mutating func member() throws -> JSONTree.Member {
    space()
    let key = try string()
    space()
    guard take(":") else { throw JSONTree.Malformed() }
    return JSONTree.Member(key: key, value: try value())
  }

  private mutating func string() throws -> String {
    guard take("\"") else { throw JSONTree.Malformed() }
    // In UTF-16, where surrogates find each other by themselves.
    var units: [UInt16] = []
    var plain: [UInt8] = []
    func flush() {
      units += Array(String(decoding: plain, as: UTF8.self).utf16)
      plain = []
    }
    while let byte = rest.popFirst() {
      switch byte {
      case UInt8(ascii: "\""):
        flush()
        return String(decoding: units, as: UTF16.self)
      case UInt8(ascii: "\\"):
        flush()
        units.append(try escape())
      case 0..<0x20: throw JSONTree.Malformed()
      default: plain.append(byte)
      }
    }
    throw JSONTree.Malformed()
  }

  private mutating func escape() throws -> UInt16 {
    let escapes: [Character: Character] = [
      "\"": "\"", "\\": "\\", "/": "/", "b": "\u{8}", "f": "\u{C}", "n": "\n", "r": "\r",
      "t": "\t",
    ]
    guard let byte = rest.popFirst() else { throw JSONTree.Malformed() }
    let letter = Character(Unicode.Scalar(byte))
    if let meant = escapes[letter]?.utf16.first { return meant }
    guard letter == "u", rest.count >= 4 else { throw JSONTree.Malformed() }
    let digits = String(decoding: rest.prefix(4), as: UTF8.self)
    guard digits.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let unit = UInt16(digits, radix: 16)
    else { throw JSONTree.Malformed() }
    rest = rest.dropFirst(4)
    return unit
  }

  private mutating func number() throws -> String {
    let allowed = Array("-+.eE0123456789".utf8)
    let text = String(decoding: rest.prefix { allowed.contains($0) }, as: UTF8.self)
    guard text.wholeMatch(of: /-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/) != nil else {
      throw JSONTree.Malformed()
    }
    rest = rest.dropFirst(text.utf8.count)
    return text
  }

  private mutating func take(_ text: String) -> Bool {
    guard rest.starts(with: text.utf8) else { return false }
    rest = rest.dropFirst(text.utf8.count)
    return true
  }
}
