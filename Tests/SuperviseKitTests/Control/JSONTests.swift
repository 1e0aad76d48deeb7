import Testing

@testable import SuperviseKit

/// What goes over the control socket.
@Suite(.timeLimit(.minutes(1)))
struct JSONTests {
  @Test(arguments: [
    "null", "true", "-12", "\"\"", "[]", "{}", #"{"a":[1,{"b":"c"}],"d":false}"#, "1.5",
    #""quote \" backslash \\ tab \t line \n bell \u0007""#,
  ])
  func `what was read is written as it was`(_ text: String) throws {
    #expect(try #require(JSON(reading: text)).line == text)
  }

  @Test(arguments: [
    "", "{", "[1,", "{\"a\"}", "{a:1}", "tru", "01x", "+1", "\"", "\"\\x\"", "\"\\u12\"",
    "\"\\ud800\"", "\"\\ud800\\u0041\"", "[1] 2", "\"line\nend\"", "nan", "1e", "--1", "'a'",
    String(repeating: "[", count: 100_000),
  ])
  func `what is no JSON is refused`(_ text: String) {
    #expect(JSON(reading: text) == nil)
  }

  @Test func `bytes that are no text are refused`() {
    #expect(JSON(reading: [0x22, 0xFF, 0x22]) == nil)
  }

  @Test func `escapes are read, also of characters in two halves`() {
    #expect(JSON(reading: #""\u00e4\ud83d\ude00\/""#) == "ä😀/")
    #expect(JSON(reading: " { \"a\" : [ 1 , 2 ] } \n") == ["a": .array([1, 2])])
  }

  @Test func `any text survives the way`() throws {
    var generator = SystemRandomNumberGenerator()
    for _ in 0..<500 {
      var text = ""
      for _ in 0..<Int.random(in: 0...20, using: &generator) {
        let limit: UInt32 = Bool.random(using: &generator) ? 0x80 : 0x10_FFFF
        let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &generator))
        text.unicodeScalars.append(scalar ?? "?")
      }
      let read = try #require(JSON(reading: JSON.string(text).line)?.text)

      #expect(Array(read.unicodeScalars) == Array(text.unicodeScalars))
    }
  }

  @Test func `fields without a value are left out`() {
    let json: JSON = ["a": 1, "b": nil, "c": "x"]

    #expect(json.line == #"{"a":1,"c":"x"}"#)
  }
}
