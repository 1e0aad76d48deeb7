@testable import CeleriacCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct JSONScannerTests {
  @Test func `any JSON is read as the obvious parser reads it`() throws {
    var random = RandomJSON(seed: 7)

    for _ in 0..<3000 {
      let text = random.text()
      try #require(try JSONTree(scanning: text) == JSONTree(reading: text), "\(text.shown)")
    }
  }

  @Test func `damaged JSON is refused where the obvious parser refuses it`() throws {
    var random = RandomJSON(seed: 8)
    var refused = 0

    for _ in 0..<6000 {
      let text = random.mutated(random.text())
      let expected = try? JSONTree(reading: text)
      try #require((try? JSONTree(scanning: text)) == expected, "\(text.shown)")
      try #require(JSONScanner.accepts(text) == (expected != nil), "\(text.shown)")
      refused += expected == nil ? 1 : 0
    }
    #expect(refused > 2000)
  }

  @Test(arguments: [
    "", " ", "{", "}", "[", "]", "\"", ":", ",", "{]", "[}", "[1,]", "[,1]", "[1 2]", "{,}",
    #"{"a"}"#, #"{"a":}"#, #"{"a" 1}"#, #"{"a":1,}"#, "{1:2}", "{null:1}", "nul", "nulll", "True",
    "None", "nan", "-NaN", "Infinit", "+Infinity", "--1", "+1", "01", "-01", "1.", ".5", "-", "1e",
    "1e+", "0x10", "1_000", "1,", "1 2", "'a'", "\"a", #""\"#, #""\q""#, #""\u12""#, #""\u12g4""#,
    #""\u 123""#, "\"\u{0}\"", "\"\n\"", "\"\t\"", "\"\u{1F}\"", "\u{FEFF}1", "\u{A0}1", "// 1",
    "[1]]",
    "{}{}", "\0",
  ])
  func `what is no JSON is refused`(text: String) {
    #expect(throws: WireError.self) { try JSONTree(scanning: Array(text.utf8)) }
    #expect(!JSONScanner.accepts(Array(text.utf8)))
  }

  @Test(arguments: ["[", "{\"a\":", "[[", "[{\"\":"])
  func `a hundred thousand levels cost an error and no stack`(opening: String) {
    let text = Array(String(repeating: opening, count: 100_000).utf8)

    let error = #expect(throws: WireError.self) {
      var scanner = JSONScanner(text)
      _ = try scanner.skipValue()
    }

    #expect(error?.code == .tooDeep)
  }

  @Test func `the deepest nesting allowed is accepted, and one more is not`() {
    func nested(_ levels: Int) -> [UInt8] {
      Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
    }

    #expect(JSONScanner.accepts(nested(JSONScanner.maximumDepth)))
    #expect(!JSONScanner.accepts(nested(JSONScanner.maximumDepth + 2)))
  }

  @Test(arguments: [
    ("0", 0.0), ("-0.0", -0.0), ("-12345678", -12_345_678), ("-1234.567", -1234.567),
    ("12345678", 12_345_678), ("1e-07", 1e-7), ("5e-324", Double.leastNonzeroMagnitude),
    ("1e400", .infinity),
    ("-Infinity", -.infinity), ("Infinity", .infinity),
    ("1.7976931348623157e+308", 0x1.fffffffffffffp1023),
  ])
  func `numbers are read to the last bit`(text: String, expected: Double) {
    let bytes = Array(text.utf8)

    #expect(JSONText.double(bytes, 0..<bytes.count)?.bitPattern == expected.bitPattern)
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("7", 7), ("2.0", 2), ("1e2", 100), ("-9223372036854775808", Int64.min),
    ("9223372036854775807", Int64.max), ("9223372036854775808", nil), ("2.5", nil), ("1e400", nil),
    ("-9223372036854775809", nil), ("NaN", nil), ("Infinity", nil), ("-Infinity", nil),
    ("true", nil), ("null", nil), ("\"1\"", nil), ("[1]", nil),
  ])
  func `integers are read when they are some and fit`(text: String, expected: Int64?) {
    let bytes = Array(text.utf8)

    #expect(JSONText.integer(bytes, 0..<bytes.count, as: Int64.self) == expected)
  }
}

extension JSONScanner {
  static func accepts(_ text: [UInt8]) -> Bool {
    var scanner = JSONScanner(text)
    do {
      _ = try scanner.skipValue()
      try scanner.finish()
      return true
    } catch {
      return false
    }
  }
}

extension JSONTree {
  /// The tree that the scanner's ranges lead to.
  init(scanning text: [UInt8]) throws(WireError) {
    var scanner = JSONScanner(text)
    self = try JSONTree(&scanner)
    try scanner.finish()
  }

  private init(_ scanner: inout JSONScanner) throws(WireError) {
    switch scanner.peek() {
    case UInt8(ascii: "{"):
      var members: [Member] = []
      try scanner.readObject { (key, scanner) throws(WireError) in
        let name = JSONText.unescaped(scanner.bytes, key)
        members.append(Member(key: name, value: try JSONTree(&scanner)))
      }
      self = .object(members)
    case UInt8(ascii: "["):
      var elements: [JSONTree] = []
      try scanner.readArray { (scanner) throws(WireError) in
        elements.append(try JSONTree(&scanner))
      }
      self = .array(elements)
    default:
      let range = try scanner.skipValue()
      let text = String(decoding: scanner.bytes[range], as: UTF8.self)
      if let string = JSONText.string(scanner.bytes, range) {
        self = .string(string)
      } else if text.last?.isLetter == true {
        self = .word(text)
      } else {
        self = .number(text)
      }
    }
  }
}

extension [UInt8] {
  /// The bytes as text for a failure's message.
  var shown: String { String(decoding: self, as: UTF8.self).debugDescription }
}
