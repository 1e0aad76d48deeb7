import FoundationEssentials
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WrittenOutTests {
  @Test func `the tasks that are linked in all ways are what the macros write`() throws {
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/Linking")
    func text(_ path: String) throws -> String {
      try String(contentsOf: package.appending(path: path), encoding: .utf8)
    }

    let expansion = Expansion(of: try text("Unexpanded.swift"), in: "Linked")

    #expect(expansion.mistakes == [])
    #expect(try text("Sources/Linked/Tasks.swift") == expansion.text)
  }
}
