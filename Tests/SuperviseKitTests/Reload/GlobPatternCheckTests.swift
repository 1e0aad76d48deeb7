import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct GlobPatternCheckTests {
  @Test(arguments: [
    ("", "it is empty"),
    ("[", #"nothing closes the '['; write '\[' for the character itself"#),
    ("src/[!]", #"nothing closes the '['; write '\[' for the character itself"#),
    ("a/[b/c]", #"nothing closes the '['; write '\[' for the character itself"#),
    ("*.{py,js", #"its braces do not pair; write '\{' for the character itself"#),
    ("*.py}", #"its braces do not pair; write '\{' for the character itself"#),
    ("src\\", "nothing follows the backslash at its end"),
    ("src/*/../b", "'..' means something only before the first wildcard"),
    ("src/*/", "it ends in '/'; write 'src/*/**' for all that is in it"),
    ("src/**.py", "'**' spans folders only as a whole name, as in '**/*.py'"),
  ])
  func `a pattern that can match nothing is refused`(text: String, reason: String) {
    let error = #expect(throws: OptionError.self) { try GlobPattern.check(text) }

    #expect(error?.detail == "'\(text)' is no pattern for files: \(reason)")
  }

  @Test(arguments: [
    "src", "./src/**", "**/*.py", "src/*.{py,js}", "[a-z]?", "[]]", "[!]]", #"\[x"#, #"\{x"#,
    "{a,{b,c}}/**", "**", "src/", "../lib/**", "/app/src/*.py",
  ])
  func `a pattern with a meaning is let through`(text: String) throws {
    try GlobPattern.check(text)
    #expect(GlobPattern(text).text == text)
  }

  @Test func `a dot at the front says nothing`() {
    #expect(GlobPattern("./src/**").matches("src/a/b.py"))
    #expect(GlobPattern("./*.py").matches("app.py"))
  }
}
