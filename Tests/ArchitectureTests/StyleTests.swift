import Testing

/// The rules of style that a program can check, beside those of swift-format.
@Suite(.timeLimit(.minutes(1)))
struct StyleTests {
  @Test(arguments: SourceTree.sources)
  func `no source file is longer than 500 lines`(_ file: SourceFile) {
    #expect(file.lineCount <= 500)
  }

  @Test(arguments: SourceTree.tests)
  func `no test file is longer than 600 lines`(_ file: SourceFile) {
    #expect(file.lineCount <= 600)
  }

  @Test(arguments: SourceTree.sources)
  func `no error is assumed away`(_ file: SourceFile) {
    let code = file.code

    #expect(!code.contains("try!"))
    #expect(!code.contains("as!"))
  }

  @Test(arguments: SourceTree.sources)
  func `what the compiler cannot check is proven beside it`(_ file: SourceFile) {
    let lines = file.text.split(separator: "\n", omittingEmptySubsequences: false)

    for (index, line) in lines.enumerated()
    where line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)") {
      guard !line.trimmingPrefix(/\s*/).hasPrefix("//") else { continue }
      let above = lines[max(index - 8, 0)..<index]
      #expect(above.contains { $0.contains("//") }, "\(file.path):\(index + 1)")
    }
  }

  @Test(arguments: SourceTree.sources)
  func `no open end is left without an issue`(_ file: SourceFile) {
    #expect(file.text.firstMatch(of: /\b(TODO|FIXME|XXX)\b(?!\(#\d+\))/) == nil)
  }

  @Test(
    arguments: SourceTree.tests.filter { $0.text.contains("@Suite") || $0.text.contains("@Test") })
  func `every suite has a time limit`(_ file: SourceFile) {
    let suites = file.text.matches(of: /struct \w+Tests\b/).count
    let limits = file.text.matches(of: /\.timeLimit\(/).count

    #expect(limits >= suites)
  }
}
