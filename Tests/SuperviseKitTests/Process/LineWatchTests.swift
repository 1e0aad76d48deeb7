import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct LineWatchTests {
  /// Whether the line is found in what comes piece by piece.
  private func finds(_ pattern: String, in pieces: String...) throws -> Bool {
    let watch = try LineWatch(pattern)
    return pieces.contains { piece in
      Array(piece.utf8).withUnsafeBytes { watch.isFound(in: $0, of: .output) }
    }
  }

  private let long = String(repeating: "x", count: 60_000)

  @Test func `a line is found whole, and when it comes in pieces`() throws {
    #expect(try finds("^server up$", in: "no\nserver up\n"))
    #expect(try finds("^server up$", in: "no\nserv", "er ", "up\r\n"))
    #expect(try !finds("^server up$", in: "the server up\n", "server up"))
  }

  @Test func `the rest of a long line is not taken for a line`() throws {
    #expect(try !finds("^ready$", in: long, long, "ready\n"))
    #expect(try !finds("^ready", in: long, long, "ready\n"))
    #expect(try !finds("ready$", in: long, long, "ready\n"))
    #expect(try !finds("^x+$", in: long, long, "\n"))
  }

  @Test func `a long line is found by what stands in its first 64 KiB`() throws {
    #expect(try finds("^server up", in: "server up " + long, long, "\n"))
    #expect(try finds("server up", in: long + "server up", long, "\n"))
  }

  @Test func `what follows a long line is looked at as ever`() throws {
    #expect(try finds("^ready$", in: long, long, "end\nready\n"))
    #expect(try finds("^ready$", in: long, long, "end\nrea", "dy\n"))
  }

  @Test func `the streams are kept apart`() throws {
    let watch = try LineWatch("^ready$")
    func isFound(_ text: String, of channel: LogMerger.Channel) -> Bool {
      Array(text.utf8).withUnsafeBytes { watch.isFound(in: $0, of: channel) }
    }

    #expect(!isFound("rea", of: .output))
    #expect(!isFound("dy\n", of: .error))
    #expect(isFound("dy\n", of: .output))
  }
}
