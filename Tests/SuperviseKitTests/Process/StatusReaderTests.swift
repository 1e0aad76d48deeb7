import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct StatusReaderTests {
  @Test func `messages are read however they are cut`() {
    var reader = StatusReader()
    let text = "READY=1\nSTATUS=four of five\nBUSY=3\r\nSTOPPING=1\nWATCHDOG=1\n"

    let messages = text.utf8.flatMap { reader.take([$0]) }

    #expect(messages == [.ready, .status("four of five"), .busy(3), .stopping, .watchdog])
  }

  @Test func `a status cannot change the terminal in which it is shown`() {
    var reader = StatusReader()
    let text = "STATUS=\u{1B}[31mred\u{1B}[2J\u{7}\u{9B}1m, 日本\r\tend\n"

    #expect(reader.take(Array(text.utf8)) == [.status("[31mred[2J1m, 日本end")])
    #expect(
      reader.take(Array("STATUS=\(String(repeating: "x", count: 300))\n".utf8))
        == [.status(String(repeating: "x", count: 200))])
  }

  @Test(arguments: ["READY=2\n", "READY\n", "BUSY=-1\n", "BUSY=x\n", "=\n", "\n", "FOO=1\n"])
  func `what is no message is skipped`(text: String) {
    var reader = StatusReader()

    #expect(reader.take(Array(text.utf8)) == [])
    #expect(reader.take(Array("READY=1\n".utf8)) == [.ready])
  }

  @Test func `a line without end takes no memory without end`() {
    var reader = StatusReader()

    #expect(reader.take([UInt8](repeating: 65, count: 100_000)) == [])
    #expect(reader.take(Array("\nBUSY=1\n".utf8)) == [.busy(1)])
  }
}
