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
    #expect(options.reload == ReloadPolicy.none)
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
      "#: after=a\na: b", "Procfile:2: 'a' is to start after itself; take it out of after="
    ),
    (
      "z: x\n#: after=b,z\na: x\n#: after=c\nb: x\n#: after=z,b\nc: x",
      "Procfile:5: each of these is to start after the next, so that none could: b → c → b"
    ),
    (
      "#: ready=tcp:abc\na: b",
      "Procfile:1: ready=tcp:abc names no port; use a number from 1 to 65535, or $PORT"
    ),
    (
      "#: ready=tcp:65536\na: b",
      "Procfile:1: ready=tcp:65536 names no port; use a number from 1 to 65535, or $PORT"
    ),
    (
      "#: ready=fd:5\na: b",
      "Procfile:1: ready is fd, none, done, tcp:PORT, exec:COMMAND, log:REGEX or alive:TIME, not 'fd:5'"
    ),
    (
      "#: ready='log:up (on'\na: b",
      "Procfile:1: ready=log:up (on is no regular expression: Unmatched ( or \\("
    ),
    (
      "#: \"ready=exec:test -e 'x\"\na: b",
      "Procfile:1: the quotation mark before 'x' is not closed"
    ),
    (
      "#: ready=alive:soon\na: b",
      "Procfile:1: ready=alive: takes a time such as alive:5s, not 'soon'"
    ),
    (
      "#: ready=fd ready-timeout=0s\na: b",
      "Procfile:1: ready-timeout is a time such as 90s or 5m, not '0s'"
    ),
    (
      "#: ready-timeout=9s\na: b",
      "Procfile:2: ready-timeout limits the wait for ready=fd, tcp:, exec: or log:; give 'a' one of them"
    ),
    (
      "#: stop=TERM:-5s\na: b",
      "Procfile:1: stop is SIGNAL[:group][:TIME], such as TERM:30s, not 'TERM:-5s'"
    ),
    (
      "#: stop=5s:10s\na: b",
      "Procfile:1: stop is SIGNAL[:group][:TIME], such as TERM:30s, not '5s:10s'"
    ),
    (
      "#: success=0,-1\na: b", "Procfile:1: success lists exit codes from 0 to 255, not '-1'"
    ),
    (
      "#: after=\na: b", "Procfile:1: after is a list such as after=a,b; a part of '' is empty"
    ),
    (
      "#: restart=always\n#: restart=never\na: b",
      "Procfile:2: 'restart' is set twice for one process"
    ),
    (
      "#: reload=drain\nbeat: b",
      "Procfile:2: 'beat' never has two processes, and reload=drain needs two for a moment; use"
        + " reload=restart, or singleton=false"
    ),
    (
      "#: watch=src/[ab\na: b",
      #"Procfile:1: 'src/[ab' is no pattern for files: nothing closes the '['; write '\[' for the"#
        + " character itself"
    ),
    (
      "all: ./a",
      "Procfile:1: 'all' stands for every process in commands and in -c; choose another name"
    ),
    (
      "#: restart=never\n# old: ./old\n\nweb: ./a",
      "Procfile:1: options belong directly above their process; line 2 comes in between"
    ),
    (
      "#: restart=never\n\nweb: ./a",
      "Procfile:1: options belong directly above their process; line 2 comes in between"
    ),
    (
      "#: ready=done\na: b",
      "Procfile:2: 'a' is ready when it has ended well, and would be started again then; give it"
        + " restart=never or restart=on-failure"
    ),
    ("a: echo 'it is", "Procfile:1: the quotation mark before 'it is' is not closed"),
    (
      #"a: echo "one\" two && three"#,
      #"Procfile:1: the quotation mark before 'one\" two && three' is not closed"#
    ),
    ("a: echo ${HOME/x", "Procfile:1: the '${HOME/x' is not closed"),
    ("a: echo \"${HOME\" && b", "Procfile:1: the '${HOME\" && b' is not closed"),
    (
      "a: echo '",
      "Procfile:1: the quotation mark at the end of 'echo '' opens a text that nothing closes"
    ),
  ])
  func `a mistake is named with its place`(text: String, message: String) {
    let error = #expect(throws: ConfigurationError.self) { try parse(text) }

    #expect(error?.description == message)
  }

  @Test(arguments: [
    "echo 'a' \"b\"", #"echo it\'s"#, "echo '${a'", "echo ${a:-\"}", #"echo \${a"#,
    #"echo "it's""#, #"echo 'say "a'"#, "echo a # that's all",
    #"echo "$(echo ')')""#, #"echo `echo "'"`"#, #"echo "$(cat 'a"b')""#, "echo a\\",
  ])
  func `a quotation mark that may be right is let through`(command: String) throws {
    #expect(try parse("a: \(command)").processes.count == 1)
  }

  @Test func `a list is cut at commas, but not within the braces of a pattern`() throws {
    let procfile = try parse("#: watch=src/**/*.{py,js},*.yml\na: b")

    #expect(procfile.processes[0].options.watch == ["src/**/*.{py,js}", "*.yml"])
  }

  @Test func `how long it may take to be ready is 60 seconds or what is said`() throws {
    let procfile = try parse("#: ready=fd\na: b\n#: ready=fd ready-timeout=5m\nb: b")

    let limits = procfile.processes.map { ProcessSettings($0, mode: .production).startLimit }

    #expect(limits == [.seconds(60), .seconds(300)])
  }

  @Test(arguments: [
    ("30s", Duration.seconds(30)), ("500ms", .milliseconds(500)), ("2m", .seconds(120)),
    ("7", .seconds(7)),
  ])
  func `durations have units`(text: String, duration: Duration) {
    #expect(ProcessOptions.duration(text[...]) == duration)
  }
}
