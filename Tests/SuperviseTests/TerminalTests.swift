import Glibc
import TestSupport
import Testing

/// Single keys and the line below the log, as a person at a terminal has them.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct TerminalTests {
  private static let files = [
    "Procfile": """
    web: sh -c 'echo web is up; while :; do sleep 0.02; echo web says so; done'
    worker: sh -c 'echo worker is up; while :; do sleep 0.02; echo worker says so; done'
    """
  ]

  @Test func `keys arrive, and the terminal is as it was afterwards`() throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(in: run)
    try terminal.expect("worker is up")
    try terminal.expect("2/2 ready · ? for keys")
    #expect(terminal.isTaken)

    terminal.type("?")
    try terminal.expect("pause watching")
    terminal.type("s")
    try terminal.expect("NAME    STATE")
    terminal.type("R")
    try terminal.expect("restart: web in")
    terminal.type("q")
    try terminal.expect("stopping: q")

    #expect(try terminal.end() == 0)
    #expect(!terminal.isTaken)
  }

  @Test func `one process may be looked at alone`() throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(in: run)
    try terminal.expect("2/2 ready")

    terminal.type("2")
    try terminal.expect("only worker")
    try terminal.expect("worker says so")
    for _ in 0..<5 { try terminal.expect("worker says so") }
    let alone = terminal.output.split(separator: "the log of worker alone", maxSplits: 1)
    #expect(alone.count == 2)
    #expect(!alone[1].contains("web says so"))

    terminal.type("/we\n")
    try terminal.expect("only web")
    try terminal.expect("web says so")
    terminal.type("0")
    try terminal.expect("worker says so")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `what another has left unfinished is not shown when it ends`() throws {
    let run = try Supervised([
      "Procfile": """
      #: restart=never
      web: sh -c 'echo web is up; while [ ! -e go ]; do sleep 0.02; done; printf unfinished'
      worker: sh -c 'while :; do sleep 0.02; echo worker says so; done'
      """
    ])
    let terminal = try TerminalSession(in: run)
    try terminal.expect("web is up")
    terminal.type("2")
    try terminal.expect("only worker")

    try run.write("", to: "go")

    try terminal.expect("web is done")
    for _ in 0..<10 { try terminal.expect("worker says so") }
    #expect(!terminal.output.contains("| unfinished"))
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `lines stay whole above the line that says how things stand`() throws {
    let run = try Supervised([
      "Procfile": """
      web: sh -c 'n=0; while [ $n -lt 300 ]; do n=$((n+1)); echo line $n end; done; sleep 71'
      worker: sh -c 'n=0; while [ $n -lt 300 ]; do n=$((n+1)); echo line $n end; done; sleep 71'
      bad: sh -c 'sleep 0.01; exit 1'
      """
    ])
    let terminal = try TerminalSession(in: run)
    try terminal.expect("bad failed")
    terminal.type("q")
    #expect(try terminal.end() == 0)

    for name in ["web   ", "worker"] {
      let lines = terminal.output.replacing("\r\n", with: "\n").split(separator: "\n")
        .filter { $0.contains(" \(name) | line ") }
      #expect(lines.count == 300)
      for (index, line) in lines.enumerated() {
        #expect(line.hasSuffix("line \(index + 1) end"))
      }
    }
  }

  @Test(arguments: [SIGTERM, SIGSEGV, SIGABRT])
  func `however it ends, the terminal is as it was`(_ number: Int32) throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(in: run)
    try terminal.expectTaken(true)
    try terminal.expect("2/2 ready")

    terminal.signal(number)

    #expect(try terminal.end() == (number == SIGTERM ? 0 : 128 + number))
    #expect(!terminal.isTaken)
  }

  @Test func `Ctrl-Z halts it alone and gives the terminal back`() throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(in: run)
    try terminal.expect("2/2 ready")

    terminal.type("\u{1A}")
    try terminal.expectHalt()
    #expect(!terminal.isTaken)

    terminal.signal(SIGCONT)
    try terminal.expectTaken(true)
    terminal.type("?")
    try terminal.expect("pause watching")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `in the background it leaves the terminal alone, and has it again when it is back`()
    throws
  {
    let run = try Supervised(["Procfile": "web: sh -c 'echo web is up; exec sleep 71'"])
    let shell = try TerminalSession(in: run, program: "/bin/sh", ["-i"])
    shell.type("\(Supervised.builtPath("supervise")) dev\n")
    try shell.expect("1/1 ready")
    shell.type("\u{1A}")
    try shell.expectTaken(false)

    shell.type("bg\n")
    shell.type("echo $((1234 + 1))\n")
    try shell.expect("1235")
    try run.ask("restart", "web").expectSuccess()
    try shell.expect("restart: web in")
    shell.type("echo $((2345 + 1))\n")
    try shell.expect("2346")
    #expect(!shell.isTaken)

    shell.type("fg\n")
    try shell.expect("1/1 ready")
    try shell.expectTaken(true)
    #expect(
      shell.output.split(separator: "1235")[1].split(separator: "2346")[0].contains("web is up"))
    #expect(
      !shell.output.split(separator: "1235")[1].split(separator: "2346")[0].contains("1/1 ready"))
    shell.type("q")
    try shell.expect("stopping: q")
    try shell.expectTaken(false)
    shell.type("exit\n")
    #expect(try shell.end() == 0)
  }

  @Test func `watching can be paused, and what was missed is seen to`() throws {
    let run = try Supervised([
      "Procfile": "#: watch=code\nweb: sh -c 'cat code; exec sleep 71'", "code": "one\n",
    ])
    let terminal = try TerminalSession(in: run)
    try terminal.expect("| one")
    try terminal.expect("1/1 ready")

    terminal.type("p")
    try terminal.expect("watching is paused")
    try run.write("two\n", to: "code")
    usleep(400_000)  // more than a change is given to come to rest
    terminal.type("?")
    try terminal.expect("these lines")
    #expect(!terminal.output.contains("| two"))

    terminal.type("p")
    try terminal.expect("watching again")
    try terminal.expect("| two")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test(arguments: [
    (["dev", "--plain"], ["TERM": "xterm"]), (["dev"], ["TERM": "dumb"]),
    (["dev"], ["TERM": "xterm", "CI": "true"]), (["prod"], ["TERM": "xterm"]),
  ])
  func `where nobody wants it there is neither`(
    _ arguments: [String], _ environment: [String: String]
  ) throws {
    let run = try Supervised(Self.files)
    let terminal = try TerminalSession(in: run, arguments, environment: environment)
    for _ in 0..<5 { try terminal.expect("web says so") }

    #expect(!terminal.isTaken)
    #expect(!terminal.output.contains("for keys"))
    terminal.type("\u{3}")
    #expect(try terminal.end() == 0)
  }
}
