import Glibc
import TestSupport
import Testing

/// The commands that talk to a supervisor that runs.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ControlTests {
  /// Two that sleep and say who they are.
  private static let files = [
    "Procfile": """
    #: ready=fd
    web: ./say web
    #: ready=fd reload=drain
    worker: ./say worker
    """,
    "say": """
    #!/bin/sh
    echo "$1 runs as $$"
    echo READY=1 >&3
    exec sleep 71
    """,
  ]

  @Test func `ps shows what runs, as a table and as JSON`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "worker=2")
    for _ in 0..<3 { try run.expect("is ready") }

    let table = try run.ask("ps")
    #expect(table.code == 0)
    let lines = table.text.split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[0].hasPrefix("NAME      STATE"))
    #expect(lines[1].hasPrefix("web       ready"))
    #expect(lines[3].hasPrefix("worker.2  ready"))

    let json = try run.ask("ps", "--json", "worker")
    #expect(json.text.hasPrefix(#"[{"name":"worker.1","kind":"worker","state":"ready","pid":"#))
    #expect(json.text.has(#""port":5101"#))
    try run.quit()
  }

  @Test func `what was stopped stays stopped until it is started`() throws {
    let run = try Supervised(Self.files)
    try run.start("dev", "-c", "worker=2")
    for _ in 0..<3 { try run.expect("is ready") }

    let stop = try run.ask("stop", "worker.1", "web")
    #expect(stop.code == 0)
    #expect(stop.text.hasPrefix("stopped web, worker.1 ("))
    #expect(try run.state(of: "web") == "stopped")
    #expect(try run.state(of: "worker.2") == "ready")

    // A change that would restart all that runs.
    try run.ask("restart", "worker.2").expectSuccess()
    #expect(try run.state(of: "worker.1") == "stopped")

    let start = try run.ask("start", "all")
    #expect(start.code == 0)
    #expect(start.text.hasPrefix("started web, worker.1, worker.2 ("))
    #expect(try run.state(of: "web") == "ready")
    try run.quit()
  }

  @Test func `all may be stopped, and the supervisor waits`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod")
    for _ in 0..<2 { try run.expect("is ready") }

    try run.ask("stop", "all").expectSuccess()
    try run.ask("start", "web").expectSuccess()

    #expect(try run.state(of: "web") == "ready")
    #expect(try run.state(of: "worker") == "stopped")
    try run.quit()
  }

  @Test func `one that is between two crashes can be stopped for good`() throws {
    let run = try Supervised(["Procfile": "bad: sh -c 'exit 3'\nother: sleep 71"])
    try run.start("prod")
    try run.expect("starting it again in")

    try run.ask("stop", "bad").expectSuccess()

    let json = try run.ask("ps", "--json", "bad").text
    #expect(json.has(#""state":"stopped""#))
    #expect(json.has(#""last_exit":"exit code 3""#))
    usleep(600_000)  // more than the pause that it was in
    #expect(try run.state(of: "bad") == "stopped")
    try run.quit()
  }

  @Test func `one that was given up on is not brought back by a build when it was stopped`() throws
  {
    let run = try Supervised([
      "Procfile": "#: watch=code\nbad: sh -c 'cat code; exit 3'\nother: sleep 71", "code": "one\n",
    ])
    try run.start("dev", "--no-build")
    try run.expect("given up on")

    try run.ask("stop", "bad").expectSuccess()
    try run.write("two\n", to: "code")
    usleep(500_000)  // more than changes are given to come to rest

    #expect(try run.state(of: "bad") == "stopped")
    #expect(!run.output.has("| two"))
    try run.quit()
  }

  @Test func `a restart of a kind that drains leaves no moment without a ready one`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "worker=2,web=0")
    for _ in 0..<2 { try run.expect("is ready") }
    let old = run.lines.filter { $0.has("runs as") }.compactMap { $0.number(after: "as ") }

    let restart = try run.ask("restart", "worker")
    #expect(restart.code == 0)
    #expect(restart.text.hasPrefix("restarted worker.1, worker.2 ("))
    try run.expect("restart: worker 2/2 in")

    let news = run.lines.filter { $0.has("runs as") }.compactMap { $0.number(after: "as ") }
    #expect(Set(news).count == 4)
    #expect(!old.contains(where: news.suffix(2).contains))
    try run.quit()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a restart whose first new one fails leaves the others alone`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "worker=2,web=0")
    for _ in 0..<2 { try run.expect("is ready") }
    try run.write("#!/bin/sh\nexit 7\n", to: "say")

    let restart = try run.ask("restart", "worker")

    #expect(restart.code == 1)
    #expect(restart.text.has("worker.1 was not ready (exit code 7)"))
    #expect(try run.state(of: "worker.1") == "ready")
    #expect(try run.state(of: "worker.2") == "ready")
    try run.quit()
  }

  @Test func `a restart of all begins with those that others need`() throws {
    let run = try Supervised([
      "Procfile": """
      #: after=base ready=fd
      top: ./say top
      #: ready=fd
      base: ./say base
      """,
      "say": Self.files["say"] ?? "",
    ])
    try run.start("prod")
    for _ in 0..<2 { try run.expect("is ready") }

    try run.ask("restart", "all").expectSuccess()

    try run.quit()
    let all = run.lines.filter { $0.has("runs as") }.map { $0.has("top runs") ? "top" : "base" }
    #expect(all == ["base", "top", "base", "top"])
  }

  @Test func `in production reload restarts what runs, and nothing that was stopped`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "worker=2")
    for _ in 0..<3 { try run.expect("is ready") }
    try run.ask("stop", "worker.2").expectSuccess()

    try run.ask("reload").expectSuccess()

    try run.expect("reload #1:")
    #expect(try run.state(of: "worker.2") == "stopped")
    try run.quit()
  }

  @Test func `a signal goes to the process alone`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web",
      "web": """
      #!/bin/sh
      trap 'echo got usr1' USR1
      echo up
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod")
    try run.expect("| up")

    #expect(try run.ask("signal", "usr1", "web").text == "signalled web\n")
    try run.expect("| got usr1")
    #expect(try run.ask("signal", "nonsense", "web").code == 64)
    try run.ask("stop", "web").expectSuccess()
    let gone = try run.ask("signal", "HUP", "web")
    #expect(gone.code == 1)
    #expect(gone.text.has("web does not run"))
    try run.quit()
  }

  @Test func `a process is halted and goes on as signals say, and no other wakes it`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web",
      "web": """
      #!/bin/sh
      trap 'echo got usr1' USR1
      echo up
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("prod")
    try run.expect("| up")

    try run.ask("signal", "STOP", "web").expectSuccess()
    try run.ask("signal", "USR1", "web").expectSuccess()
    #expect(try run.ask("ps").text.has("(halted)"))
    #expect(!run.output.has("got usr1"))
    try run.ask("signal", "CONT", "web").expectSuccess()
    try run.expect("| got usr1")
    try run.ask("signal", "STOP", "web").expectSuccess()
    try run.quit()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a name that is not there is told with those that are`() throws {
    let run = try Supervised(Self.files)
    try run.start("prod", "-c", "worker=2")
    try run.expect("is ready")

    let answer = try run.ask("stop", "wroker")

    #expect(answer.code == 64)
    #expect(
      answer.text
        == "supervise: no process is called 'wroker'; did you mean 'worker'? there are web, worker,"
        + " worker.1, worker.2\n")
    try run.quit()
  }

  @Test func `where nothing runs every command says so`() throws {
    let run = try Supervised([:])

    for words in [["ps"], ["stop", "x"], ["logs"], ["quit"], ["metrics"], ["events"]] {
      let answer = try run.ask(words)
      #expect(answer.code == 69)
      #expect(answer.text.has("no supervise runs in \(run.folder)"))
    }
  }

  @Test func `quit waits for the end, and says 0`() throws {
    let run = try Supervised(Self.files)
    try run.start("dev")
    try run.expect("is ready")

    #expect(try run.ask("quit").code == 0)

    #expect(run.survivors() == [])
    #expect(try run.end() == 0)
    #expect(run.output.has("stopping: supervise quit"))
  }

  @Test func `ps tells the processor time of now, not of all its life`() throws {
    let run = try Supervised([
      "Procfile": """
      web: sh -c 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; echo rests; exec sleep 71'
      """
    ])
    try run.start("prod")
    try run.expect("| rests")

    #expect(try run.ask("ps").text.has("  0.0 %"))
    #expect(!(try run.ask("ps", "--json").text.has(#""cpu_seconds":0.0,"#)))
    try run.quit()
  }
}
