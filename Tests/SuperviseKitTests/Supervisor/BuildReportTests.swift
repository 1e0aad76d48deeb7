import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct BuildReportTests {
  private let output = """
    warning: prohibited flag(s): -D_FILE_OFFSET_BITS=64
    Building for debugging...
    [0/5] Write sources
    error: emit-module command failed with exit code 1 (use -v to see invocation)
    [3/7] Emitting module demo
    /p/main.swift:3:9: error: cannot find 'x' in scope
    3 | x
      | `- error: cannot find 'x' in scope

    [4/7] Compiling demo main.swift
    /p/main.swift:3:9: error: cannot find 'x' in scope
    3 | x
      | `- error: cannot find 'x' in scope

    """

  private func lines(_ command: String, isFirst: Bool) -> [String] {
    var report = BuildReport(of: command, isFirst: isFirst)
    let now = ContinuousClock.now
    return report.take(output.utf8, at: now) + report.finish(at: now)
  }

  @Test func `a diagnostic that two compiler jobs report is shown once`() {
    #expect(
      lines("swift build", isFirst: false) == [
        "/p/main.swift:3:9: error: cannot find 'x' in scope",
        "3 | x",
        "  | `- error: cannot find 'x' in scope",
      ])
  }

  @Test func `the first build shows that it gets on`() {
    #expect(lines("swift build -c release", isFirst: true).first == "[0/5] Write sources")
  }

  @Test func `of a diagnostic only the head of an error is an alarm`() {
    let alarms = lines("swift build", isFirst: false).filter(BuildReport.isError)

    #expect(alarms == ["/p/main.swift:3:9: error: cannot find 'x' in scope"])
    #expect(!BuildReport.isError("/p/main.swift:3:9: warning: 'x' was never used"))
  }

  private func linesOfLink(_ output: String) -> [String] {
    var report = BuildReport(of: "swift build", isFirst: false)
    let now = ContinuousClock.now
    return report.take(output.utf8, at: now) + report.finish(at: now)
  }

  @Test func `what gold misses is told once, by its name in the source`() {
    let lines = linesOfLink(
      """
      [11/13] Write Objects.LinkFileList
      error: link command failed with exit code 1 (use -v to see invocation)
      /p/main.swift:3: error: undefined reference to 'no_such_symbol'
      /p/main.swift:3: error: undefined reference to '$s3lib6MailerV4sendyySSF'
      clang: error: linker command failed with exit code 1 (use -v to see invocation)
      [12/13] Linking demo

      """)

    #expect(
      lines == [
        "/p/main.swift:3: error: undefined reference to 'no_such_symbol'",
        "/p/main.swift:3: error: undefined reference to 'lib.Mailer.send(Swift.String) -> ()'",
      ])
    #expect(lines.allSatisfy(BuildReport.isError))
  }

  @Test func `what lld misses is told once, by its name in the source`() {
    let lines = linesOfLink(
      """
      error: link command failed with exit code 1 (use -v to see invocation)
      ld.lld: error: undefined symbol: $s3lib6MailerV4sendyySSF
      >>> referenced by main.swift:3 (/p/main.swift:3)
      >>>               /p/main.swift.o:($s4demo3runyySiF)

      ld.lld: error: undefined symbol: no_such_symbol
      clang: error: linker command failed with exit code 1 (use -v to see invocation)

      """)

    #expect(
      lines == [
        "ld.lld: error: undefined symbol: lib.Mailer.send(Swift.String) -> ()",
        ">>> referenced by main.swift:3 (/p/main.swift:3)",
        ">>>               /p/main.swift.o:(demo.run(Swift.Int) -> ())",
        "ld.lld: error: undefined symbol: no_such_symbol",
      ])
    #expect(BuildReport.isError(lines[0]))
  }

  @Test func `other commands are shown as they are`() {
    let all = output.split(separator: "\n", omittingEmptySubsequences: false).dropLast()

    #expect(lines("make", isFirst: false) == all.map(String.init))
  }
}
