import Testing

@testable import CeleriacCore

@Suite(.timeLimit(.minutes(1)))
struct PlainTextTests {
  @Test(arguments: [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x61, 0x7F, 0x80, 0xA2, 0xDC, 0xFF] as [UInt8])
  func `the end of plain text is found wherever it is`(filler: UInt8) {
    for special in [0x00, 0x1F, 0x22, 0x5C] as [UInt8] {
      for length in 0..<20 {
        for place in 0..<length {
          var bytes = [UInt8](repeating: filler, count: length)
          bytes[place] = special
          for start in 0...place {
            #expect(JSONText.endOfPlainText(bytes, start..<length) == place)
          }
        }
      }
    }
  }

  @Test func `plain text may reach to the end`() {
    for length in 0..<20 {
      let bytes = [UInt8](repeating: 0x61, count: length) + [0x22]
      #expect(JSONText.endOfPlainText(bytes, 0..<length) == length)
    }
  }
}
