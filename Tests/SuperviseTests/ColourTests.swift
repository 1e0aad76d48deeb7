import Glibc
import TestSupport
import Testing

/// Who gets colours, and escape sequences in general.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ColourTests {
  private static let files = [
    "Procfile": """
    web: sh -c 'echo "told $FORCE_COLOR$CLICOLOR_FORCE."; printf "a\\033[2Jb\\n"; exec sleep 71'
    """
  ]

  @Test func `a terminal has colours, and processes are told`() throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(
      in: run, ["dev", "--plain"], environment: ["TERM": "xterm", "NO_COLOR": ""])

    try terminal.expect("told 11.")

    #expect(terminal.output.contains("\u{1B}[1msystem"))
    terminal.type("\u{3}")
    #expect(try terminal.end() == 0)
  }

  @Test func `NO_COLOR takes them away, from processes too`() throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(
      in: run, ["dev", "--plain"],
      environment: [
        "TERM": "xterm", "NO_COLOR": "1", "FORCE_COLOR": "", "CLICOLOR_FORCE": "",
      ])

    try terminal.expect("told .")
    try terminal.expect("| ab")

    #expect(!terminal.output.contains("\u{1B}["))
    terminal.type("\u{3}")
    #expect(try terminal.end() == 0)
  }

  @Test(arguments: [([], "ab"), (["--raw"], "a\u{1B}[2Jb")])
  func `what moves the cursor passes with --raw alone`(
    options: [String], text: String
  ) throws {
    let run = try Supervised(Self.files)
    try run.start(["prod"] + options)

    try run.expect("| \(text)")

    try run.quit()
  }

  @Test func `--no-time leaves the time out`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "--no-time")
    try run.expect("| ab")

    let lines = run.output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.hasPrefix("system ") || $0.hasPrefix("web    ") })
    try run.quit()
  }
}
