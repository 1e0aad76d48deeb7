import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ProcfileTests {
  private func parse(_ text: String) throws -> Procfile {
    try Procfile(parsing: text, file: "Procfile")
  }

  @Test func `lines become processes in their order`() throws {
    let procfile = try parse("web: ./server -p $PORT\n\n# a comment\nworker:./demo worker\n")

    #expect(procfile.processes.map(\.name) == ["web", "worker"])
    #expect(procfile.processes.map(\.command) == ["./server -p $PORT", "./demo worker"])
    #expect(procfile.processes.map(\.line) == [1, 4])
  }

  @Test func `byte order mark, carriage returns and joined lines are read`() throws {
    let procfile = try parse("\u{FEFF}web: ./server \\\r\n  --fast\r\nclock: date\r\n")

    #expect(procfile.processes.map(\.command) == ["./server   --fast", "date"])
    #expect(procfile.processes.map(\.line) == [1, 3])
  }

  @Test func `options stand in a comment above their process`() throws {
    let text = """
      redis: redis-server
      #: restart=always stop=INT:group:30s reload=none after=redis
      #: ready='exec:curl -f localhost' singleton=true success=0,3 watch=src/**,lib/*.py
      worker: ./demo
      """

    let options = try #require(try parse(text).processes.last).options

    #expect(options.restart == .always)
    #expect(options.stop.signal == SIGINT)
    #expect(options.stop.group)
    #expect(options.stop.timeout == .seconds(30))
    #expect(options.reload == ProcessOptions.Reload.none)
    #expect(options.after == ["redis"])
    #expect(options.ready == .command("curl -f localhost"))
    #expect(options.singleton == true)
    #expect(options.success == [0, 3])
    #expect(options.watch == ["src/**", "lib/*.py"])
  }

  @Test(arguments: [
    ("web ./server", "Procfile:1: 'web ./server' is not of the form 'name: command'"),
    (
      "web: a\nweb: b", "Procfile:2: 'web' is already defined in line 1"
    ),
    ("web:", "Procfile:1: 'web' has no command"),
    ("system: x", "Procfile:1: 'system' is the name of supervise's own log lines; choose another"),
    (
      "we b: x",
      "Procfile:1: 'we b' is no name for a process; use letters, digits, '-' and '_' before the ':'"
    ),
    ("", "Procfile: no process is defined; add a line such as 'web: ./server'"),
    ("#: restart=always", "Procfile:1: options belong above a process, and none follows"),
    (
      "#: restart=perhaps\na: b",
      "Procfile:1: restart is one of always, on-failure, never, exit, not 'perhaps'"
    ),
    (
      "#: stop=TERM:soon\na: b",
      "Procfile:1: stop is SIGNAL[:group][:TIME], such as TERM:30s, not 'TERM:soon'"
    ),
    (
      "#: after=x\na: b", "Procfile:2: 'a' is to start after 'x', which is not defined"
    ),
    (
      "#: after=b\na: x\n#: after=a\nb: x",
      "Procfile:2: a, b wait for each other and could never start"
    ),
  ])
  func `a mistake is named with its place`(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }

    #expect(error?.description == message)
  }

  @Test(arguments: [
    ("30s", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)),
    ("7", .seconds(7)),
  ])
  func `durations have units`(text: String, duration: Duration) {
    #expect(ProcessOptions.duration(text[...]) == duration)
  }
}
