import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct DotenvTests {
  private func parse(_ text: String) throws -> [String: String] {
    let known = ["HOME": "/home/me"]
    let file = try Dotenv(parsing: text, file: ".env") { known[$0] }
    return Dictionary(file.variables.map { ($0.name, $0.value) }) { $1 }
  }

  @Test(arguments: [
    ("A=1", "1"),
    ("export A=1", "1"),
    ("A = spaced out ", "spaced out"),
    ("A=", ""),
    ("A=x # comment", "x"),
    ("A=x#y", "x#y"),
    ("A='raw ${HOME} \\n' # comment", "raw ${HOME} \\n"),
    ("A=\"${HOME}/x\\t\\\"q\\\" \\$5\\n\"", "/home/me/x\t\"q\" $5\n"),
    ("A=${HOME}/x", "/home/me/x"),
    ("A=pa$$word", "pa$$word"),
    ("A=\"two\nlines\"", "two\nlines"),
    ("B=b\nA=${B}${B}", "bb"),
    ("\u{FEFF}A=1\r\n", "1"),
  ])
  func `a value is read`(text: String, value: String) throws {
    #expect(try parse(text)["A"] == value)
  }

  @Test(arguments: [
    ("A", ".env:1: 'A' is not of the form NAME=value"),
    ("A=1\n2B=3", ".env:2: '2B=3' is not of the form NAME=value"),
    ("A='open\nB=1", ".env:1: the quote of 'A' is not closed"),
    ("A='x' y", ".env:1: 'y' stands after the closing quote"),
    ("A=${B", ".env:1: '${B' is not of the form ${NAME}"),
  ])
  func `a mistake is named with its line`(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }

    #expect(error?.description == message)
  }
}
