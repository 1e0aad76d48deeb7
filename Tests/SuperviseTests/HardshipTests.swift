import Glibc
import TestSupport
import Testing

/// `supervise` where whoever starts it has left it little, or something odd.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct HardshipTests {
  private static func limited(_ limit: String) -> [String] {
    ["sh", "-c", "ulimit \(limit) && exec \"$@\"", "sh"]
  }

  @Test func `it sees processes end although it was started with SIGCHLD ignored`() throws {
    let run = try Supervised(["Procfile": "#: restart=exit\nmain: sh -c 'sleep 0.1; exit 7'"])
    try run.start(["prod"], under: ["env", "--ignore-signal=CHLD"])

    #expect(try run.end() == 7)
  }

  @Test func `it runs with all signals blocked by whoever started it`() throws {
    let run = try Supervised([
      "Procfile": "main: sh -c 'trap \"exit 0\" TERM; echo up; while :; do sleep 0.02; done'"
    ])
    try run.start(["prod"], under: ["env", "--block-signal"])
    try run.expect("| up")

    run.signal(SIGTERM)

    #expect(try run.end() == 0)
  }

  @Test(arguments: ["dev", "prod"])
  func `nohup keeps the end of the terminal from it`(mode: String) throws {
    let run = try Supervised(["Procfile": "main: sh -c 'echo up; exec sleep 61'"])
    try run.start([mode], under: ["env", "--ignore-signal=HUP"])
    try run.expect("| up")

    run.signal(SIGHUP)
    run.signal(SIGUSR2)

    // The signal that came first has not even been seen.
    #expect(try run.expect("system").has("main"))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `a client for whom no descriptor is left is told so, and nothing spins`() throws {
    let run = try Supervised(["Procfile": "main: sh -c 'echo up; exec sleep 62'"])
    try run.start(["prod"], under: Self.limited("-n 30"))
    try run.expect("| up")
    let clients = try (0..<20).map { _ in try ControlSocket(run) }
    defer { withExtendedLifetime(clients) {} }

    #expect(try ControlSocket(run).ask("{\"command\":\"ps\"}").has("no descriptors left"))
    let before = run.processorTime
    usleep(300_000)
    #expect(run.processorTime - before < .milliseconds(100))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `it takes what the hard limit of descriptors grants, for itself alone`() throws {
    let run = try Supervised(["Procfile": "p: sh -c 'echo may open $(ulimit -S -n); exec sleep 63'"]
    )
    try run.start(["prod", "-c", "p=30"], under: Self.limited("-S -n 40"))

    for _ in 1...30 { try run.expect("may open 40") }
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(!run.output.has("Too many open files"))
  }

  @Test(arguments: [8, 10, 11, 12])
  func `without the descriptors that it needs it says so and ends`(count: Int) throws {
    let run = try Supervised(["Procfile": "main: sleep 64"])
    try run.start(["prod"], under: Self.limited("-n \(count)"))

    let code = try run.end()

    #expect(code == 71)
    #expect(run.output.has("Too many open files"))
  }

  @Test(.enabled(if: Supervised.canBeStranger, "nobody can be somebody else here"))
  func `without a thread for the log it says so and ends`() throws {
    let run = try Supervised(["Procfile": "main: sleep 65"])
    chmod(run.folder, 0o777)
    try run.start(["prod"], under: Supervised.asStranger + ["prlimit", "--nproc=1"])

    #expect(try run.end() == 71)
    #expect(run.output.has("a thread for the log"))
  }

  @Test func `a full disk stops nothing, and the log goes on when there is room again`() throws {
    let run = try Supervised([
      "Procfile": "main: sh -c 'while :; do echo a line of the log; sleep 0.002; done'"
    ])
    try run.start(
      ["prod"],
      under: ["sh", "-c", "ulimit -f 8 && exec \"$@\" >> log", "sh"])

    try run.expect("the log cannot be written (File too large)")
    // As if somebody had made room.
    truncate(run.path("log"), 0)
    while !run.text(of: "log").has("the log is written again") { usleep(10_000) }

    #expect(run.text(of: "log").has("lines are missing"))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `it says on standard error that nobody reads the log`() throws {
    let run = try Supervised(["Procfile": "main: sh -c 'while :; do echo line; sleep 0.01; done'"])
    try run.start(
      ["dev"],
      under: ["sh", "-c", "exec 3>&1; { \"$@\" 2>&3; echo code $? >&3; } | true", "sh"])

    try run.expectAll("nobody reads the log any more (Broken pipe)", "code 0")
  }

  @Test func `a guard that was killed is replaced`() throws {
    let run = try Supervised([
      "Procfile": "#: stop=100ms\nmain: sh -c 'trap \"\" TERM; echo up; sleep 66'"
    ])
    try run.start("prod")
    try run.expect("| up")

    let guards = run.children(named: "supervise-guard")
    #expect(guards.count == 1)
    for pid in guards { kill(pid, SIGKILL) }

    try run.expect("another one takes its place")
    run.signal(SIGKILL)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting(.seconds(10)) == [])
  }

  @Test func `after kill -9 each process has as long as its own stop says`() throws {
    let run = try Supervised([
      "Procfile": """
      #: stop=30s
      slow: sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done'
      #: stop=100ms
      quick: sh -c 'trap "" TERM; echo up; while :; do sleep 0.1; done'
      """
    ])
    try run.start("prod")
    try run.expect("| up")
    try run.expect("| up")

    run.signal(SIGKILL)
    _ = try? run.end(within: .milliseconds(1))

    let end = ContinuousClock.now + .seconds(10)
    func shells() -> Int { run.commands(of: run.survivors()).count { $0.has("trap") } }
    while ContinuousClock.now < end, shells() > 1 { usleep(20_000) }
    #expect(shells() == 1)
  }

  @Test func `what was written while it was halted counts before its clock does`() throws {
    let run = try Supervised([
      "Procfile": """
      #: watchdog=500ms ready=fd
      main: sh -c 'echo READY=1 >&3; while :; do echo WATCHDOG=1 >&3; sleep 0.1; done'
      """
    ])
    try run.start("prod")
    try run.expect("main is ready")

    run.signal(SIGSTOP)
    usleep(1_500_000)
    run.signal(SIGCONT)
    run.signal(SIGUSR2)

    #expect(try run.expect("system").has("main ready"))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(!run.output.has("WATCHDOG"))
  }

  @Test func `a Procfile that comes out of a pipe runs here, and can be scaled`() throws {
    let run = try Supervised([:])
    try run.start(
      ["prod", "-f", "/dev/fd/9"],
      under: ["sh", "-c", "echo 'main: sh -c \"pwd; exec sleep 67\"' | exec \"$@\" 9<&0", "sh"])
    try run.expect("| \(run.folder)")

    let scaled = try run.ask("scale", "main=2")

    #expect(scaled.code == 0)
    run.signal(SIGTERM)
  }

  @Test func `a Procfile that becomes a FIFO holds nothing up`() throws {
    let run = try Supervised(["Procfile": "main: sh -c 'echo up; exec sleep 68'"])
    try run.start("dev")
    try run.expect("| up")

    unlink(run.path("Procfile"))
    mkfifo(run.path("Procfile"), 0o600)

    try run.expect("Procfile: has become something that is no file")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test(.enabled(if: Supervised.canBeStranger, "nobody can be somebody else here"))
  func `a process that has become another user is not waited for for ever`() throws {
    let run = try Supervised([
      "Procfile": """
      #: stop=100ms
      main: ./become --reuid=0 --clear-groups sh -c 'trap "" TERM; echo up; sleep 8 & wait; wait'
      """
    ])
    chmod(run.folder, 0o777)
    let copying = run.another()
    try copying.start(words: ["sh", "-c", "cp $(command -v setpriv) become && chmod 4755 become"])
    #expect(try copying.end() == 0)
    try run.start(["prod"], under: Supervised.asStranger)
    try run.expect("| up")

    for _ in 1...3 {
      run.signal(SIGTERM)
      usleep(50_000)
    }

    try run.expect("belongs to another user and cannot be ended; it lives on")
    #expect(try run.end() == 3)
  }
}
