import TestSupport
import Testing

/// The manual in the terminal.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct HelpTests {
  private func output(_ arguments: String...) throws -> (code: Int32, text: String) {
    let run = try Supervised([:])
    try run.start(arguments)
    return (try run.end(), run.output)
  }

  @Test(arguments: ["procfile", "env", "reload", "signals", "logs", "control"])
  func `each topic is explained, on lines that fit`(topic: String) throws {
    let (code, text) = try output("help", topic)

    #expect(code == 0)
    let lines = text.split(separator: "\n")
    #expect(lines.count >= 8)
    #expect(lines.allSatisfy { $0.count <= 92 })
  }

  @Test func `without a topic it lists the commands and the topics`() throws {
    let (code, text) = try output("help")

    #expect(code == 0)
    #expect(text.has("supervise <subcommand>"))
    #expect(text.has("  signals     What signals do"))
  }

  @Test func `a command is explained as well, and anything else is told`() throws {
    #expect(try output("help", "dev").text.has("USAGE: supervise dev"))
    #expect(try output("help", "export").text.has("USAGE: supervise export"))
    #expect(try output("help", "ps").text.has("USAGE: supervise ps"))
    #expect(try output("help", "signal").text.has("USAGE: supervise signal"))
    let (code, text) = try output("help", "nonsense")
    #expect(code == 64)
    #expect(text.has("There is no topic or command 'nonsense'; the topics are procfile, env"))
  }

  @Test func `it knows its version`() throws {
    let (code, text) = try output("--version")

    #expect(code == 0)
    #expect(text.hasPrefix("supervise "))
  }
}
