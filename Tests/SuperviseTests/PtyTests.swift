import Glibc
import TestSupport
import Testing

/// Processes with a terminal of their own, and those who sit down at it.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct PtyTests {
  @Test func `a process with pty=true finds a terminal that is its own`() throws {
    let run = try Supervised([
      "Procfile": """
      #: pty=true
      web: sh -c 'test -t 0 && test -t 1 && test -t 2 && echo has a terminal; stty size </dev/tty; echo end; sleep 71'
      pipe: sh -c 'test -t 1 || echo has none; sleep 71'
      """
    ])
    try run.start("dev")

    try run.expectAll("| has a terminal", "| 24 ", "| has none")
    try run.quit()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `what ends at its terminal is stopped and started as any other`() throws {
    let run = try Supervised([
      "Procfile": "#: pty=true\nworker: sh -c 'echo up as $$; exec sleep 71'"
    ])
    try run.start("prod")
    let pid = try #require(try run.expect("up as ").number(after: "as "))
    kill(pid, SIGKILL)
    try run.expect("up as ")
    try run.ask("stop", "worker").expectSuccess()
    try run.ask("start", "worker").expectSuccess()

    try run.quit()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `attach sits down at it, and leaves it as it was`() throws {
    let run = try Supervised([
      "Procfile": """
      #: pty=true
      web: sh -c 'while read line; do echo "heard $line"; stty size; done'
      plain: sleep 71
      """
    ])
    try run.start("prod")
    try run.expectAll("web started", "plain started")

    let person = try TerminalSession(in: run, ["attach", "web"])
    try person.expect("attached to web")
    try person.expectTaken(true)
    person.type("hello\n")
    try person.expect("heard hello")
    try person.expect("24 100")
    person.type("\u{1D}")
    #expect(try person.end() == 0)
    #expect(!person.isTaken)
    try run.expect("| heard hello")

    let refused = try run.ask("attach", "plain")
    #expect(refused.code == 1)
    #expect(refused.text.has("plain has no terminal; 'pty=true' above it"))
    try run.quit()
  }

  @Test func `what is attached follows the terminal when it is resized`() throws {
    let run = try Supervised([
      "Procfile": """
      #: pty=true
      web: sh -c 'trap "stty size" WINCH; echo up; while :; do sleep 0.02; done'
      """
    ])
    try run.start("prod")
    try run.expect("| up")
    let person = try TerminalSession(in: run, ["attach", "web"])
    try person.expect("24 100")

    person.resize(rows: 31, columns: 97)

    try person.expect("31 97")
    person.type("\u{1D}")
    #expect(try person.end() == 0)
    try run.quit()
  }

  @Test func `one that nobody sits at follows the terminal of supervise`() throws {
    let run = try Supervised([
      "Procfile": """
      #: pty=true
      web: sh -c 'trap "stty size" WINCH; echo up; while :; do sleep 0.02; done'
      """
    ])
    let terminal = try TerminalSession(in: run)
    try terminal.expect("| up")

    terminal.resize(rows: 31, columns: 97)

    try terminal.expect("| 31 75")
    terminal.type("q")
    #expect(try terminal.end() == 0)
  }

  @Test func `whoever sits down sees the question that is open`() throws {
    let run = try Supervised([
      "Procfile": """
      #: pty=true
      web: sh -c 'echo up; printf "Your name? "; read name; echo "hello $name"; exec sleep 71'
      """
    ])
    try run.start("prod")
    try run.expect("| up")
    while !(try run.ask("logs", "web").text.has("Your name?")) { usleep(1000) }

    let person = try TerminalSession(in: run, ["attach", "web"])

    try person.expect("Your name? ")
    person.type("Bob\n")
    try person.expect("hello Bob")
    person.type("\u{1D}")
    #expect(try person.end() == 0)
    try run.quit()
  }

  @Test func `nobody else may resize what is attached to nobody`() throws {
    let run = try Supervised(["Procfile": "#: pty=true\nweb: sh -c 'echo up; exec sleep 71'"])
    try run.start("prod")
    try run.expect("| up")

    let request = #"{"command":"resize","names":["web"],"rows":3,"columns":3}"#
    #expect(try ControlSocket(run).ask(request).has("nobody is attached to 'web'"))
    try run.quit()
  }
}
