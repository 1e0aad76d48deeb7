import Glibc
import TestSupport
import Testing

/// What `dev` makes of a Procfile, or a file of variables, that is saved while it runs.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct RereadingTests {
  private static let program = """
    #!/bin/sh
    trap 'echo "$SUPERVISE_INSTANCE ends"; exit 0' TERM
    echo "$SUPERVISE_INSTANCE runs $1 $WORD pid=$$ port=$PORT"; echo READY=1 >&3
    while :; do sleep 0.01; done
    """

  private static func lines(_ lines: String...) -> String {
    lines.map { "#: ready=fd\n" + $0 }.joined(separator: "\n")
  }

  private func start(_ procfile: String, _ arguments: String...) throws -> Supervised {
    let run = try Supervised(["Procfile": procfile, "program": Self.program])
    try run.start(["dev"] + arguments)
    return run
  }

  @Test func `a changed line restarts its process, and no other`() throws {
    let run = try start(Self.lines("web: ./program one", "worker: ./program one"))
    try run.expectAll("web.1 runs one", "worker.1 runs one")

    try run.write(Self.lines("web: ./program two", "worker: ./program one"), to: "Procfile")

    try run.expect("Procfile changed: web changed")
    try run.expectAll("web.1 runs two", "reload #1: Procfile changed, web in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("worker started") } == 1)
    #expect(try run.lines.order("web.1 ends", "web.1 runs two"))
  }

  @Test func `workers change over one by one, the new one first`() throws {
    let run = try start(Self.lines("worker: ./program one"), "-c", "worker=2")
    try run.expectAll("worker.1 runs one", "worker.2 runs one")

    try run.write(Self.lines("worker: ./program two"), to: "Procfile")

    try run.expect("reload #1: Procfile changed, worker 2/2 in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(try run.lines.order("worker.1 runs two", "worker.1 ends"))
    #expect(try run.lines.order("worker.1 runs two", "worker.2 runs two"))
  }

  @Test func `an added line starts, a removed one stops, their neighbours go on`() throws {
    let run = try start(Self.lines("web: ./program one", "cron: ./program one"))
    try run.expectAll("web.1 runs one", "cron.1 runs one")

    try run.write(Self.lines("mail: ./program one", "web: ./program one"), to: "Procfile")

    try run.expectAll("Procfile changed: +mail, -cron", "cron.1 ends", "mail.1 runs one")
    #expect(run.survivors().count >= 2)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("web started") } == 1)
    // The line that came in above has not moved the port of the one below.
    #expect(run.lines.contains { $0.has("web.1 runs one") && $0.has("port=5000") })
    #expect(run.lines.contains { $0.has("mail.1 runs one") && $0.has("port=5200") })
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a mistake is told with its line, and all goes on`() throws {
    let run = try start(Self.lines("web: ./program one"))
    try run.expect("web.1 runs one")

    try run.write("web: ./program two\nmail ./program", to: "Procfile")

    try run.expect("Procfile:2: 'mail ./program' is not of the form 'name: command'; what runs")
    try run.write(Self.lines("web: ./program three"), to: "Procfile")
    try run.expect("web.1 runs three")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(!run.output.has("runs two"))
  }

  @Test func `a line that does not work leaves the old process where it can`() throws {
    let run = try start(Self.lines("worker: ./program one"))
    let line = try run.expect("worker.1 runs one")
    let pid = try #require(line.number(after: "pid="))

    try run.write(Self.lines("worker: false"), to: "Procfile")

    try run.expect("worker failed on the new build (exit code 1)")
    #expect(kill(pid, 0) == 0)
    try run.write(Self.lines("worker: ./program one"), to: "Procfile")
    try run.write(Self.lines("worker: ./program two"), to: "Procfile")
    try run.expect("worker.1 runs two")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `going back while a change is under way ends where it began`() throws {
    let run = try start(Self.lines("worker: ./program one"))
    try run.expect("worker.1 runs one")

    // It never gets ready.
    try run.write("#: ready=fd\nworker: sleep 70", to: "Procfile")
    try run.expect("Procfile changed: worker changed")
    try run.write(Self.lines("worker: ./program one"), to: "Procfile")

    try run.expectAll("worker.1 runs one", "reload #2: Procfile changed, worker in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a file of variables and the Procfile saved together both count`() throws {
    let run = try start(Self.lines("worker: ./program one"))
    try run.expect("worker.1 runs one")

    try run.write("WORD=hello\n", to: ".env")
    try run.expect("worker changed")
    try run.write(Self.lines("worker: ./program two"), to: "Procfile")

    try run.expect("worker.1 runs two hello")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `a variable that changes restarts all, in a file that git ignores as well`() throws {
    let run = try Supervised([
      "Procfile": Self.lines("web: ./program one"), "program": Self.program, ".gitignore": ".env\n",
    ])
    mkdir(run.path(".git"), 0o755)
    try run.start("dev")
    try run.expect("web.1 runs one  pid=")

    try run.write("WORD=hello\n", to: ".env")
    try run.expect("web.1 runs one hello")
    try run.write("WORD=\"open\n", to: ".env")
    try run.expect(".env:1: the quote of 'WORD' is not closed; what runs goes on")
    try run.write("WORD=bye\n", to: ".env.dev")
    try run.write("WORD=hello\n", to: ".env")
    try run.expect("web.1 runs one bye")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `a beat that is taken out and put back never has two processes`() throws {
    let beat = """
      #!/bin/sh
      trap 'sleep 0.5; echo the old one has ended; exit 0' TERM
      echo "beat up"; echo READY=1 >&3
      while :; do sleep 0.01; done
      """
    let run = try Supervised([
      "Procfile": "web: sleep 70\n#: ready=fd\nbeat: ./beat", "beat": beat,
    ])
    try run.start("dev")
    try run.expect("beat up")

    try run.write("web: sleep 70\n", to: "Procfile")
    try run.expect("Procfile changed: -beat")
    try run.write("web: sleep 70\n#: ready=fd\nbeat: ./beat", to: "Procfile")
    try run.expect("Procfile changed: +beat")

    try run.expect("the old one has ended")
    try run.expect("beat up")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }
}
