import Glibc
import TestSupport
import Testing

/// What a command has printed, and left with.
struct Answer {
  var code: Int32
  var text: String

  func expectSuccess() { #expect(code == 0, "\(text)") }
}

extension Supervised {
  /// Runs a command in the folder of this one.
  func ask(_ words: String...) throws -> Answer { try ask(words) }

  func ask(_ words: [String]) throws -> Answer {
    let command = another()
    try command.start(words)
    let code = try command.end()
    return Answer(code: code, text: command.output)
  }

  /// The state of one process, as `ps` tells it.
  func state(of name: String) throws -> String? {
    let answer = try ask("ps", "--json", name)
    let key = "\"state\":\""
    guard let start = answer.text.range(of: key)?.upperBound else { return nil }
    return String(answer.text[start...].prefix { $0 != "\"" })
  }

  /// Ends it in the usual way.
  func quit() throws {
    signal(SIGINT)
    #expect(try end() == 0)
  }
}

extension String {
  fileprivate func range(of text: String) -> Range<String.Index>? { ranges(of: text).first }
}
