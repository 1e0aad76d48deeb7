import Glibc
import TestSupport
import Testing

/// How processes are watched over and started again.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ProcessTests {
  @Test func `when all have ended well it ends well`() throws {
    let run = try Supervised([
      "Procfile": "one: sh -c 'echo out; echo err >&2; printf unfinished'\ntwo: true"
    ])
    try run.start("dev")

    #expect(try run.end() == 0)
    #expect(run.output.has("one    | out\n"))
    #expect(run.output.has("! err\n"))
    #expect(run.output.has("| unfinished\n"))
  }

  @Test(arguments: [
    "MARK=here sleep 72 2>&1", "sleep 72 >log", "MARK='a b' env OTHER=$PORT sleep 72 2>&1",
  ])
  func `a line that is one command is the program itself, whatever a shell is needed for`(
    line: String
  ) throws {
    let run = try Supervised(["Procfile": "#: ready=none\none: \(line)"])
    try run.start("dev")
    let pid = try #require(try run.expect("one started, pid ").number(after: "pid "))

    // The shell and env become it in a moment.
    let end = ContinuousClock.now + .seconds(10)
    while program(of: pid) != "sleep", ContinuousClock.now < end { usleep(1000) }

    #expect(program(of: pid) == "sleep")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(!run.output.has("has not ended"))
  }

  private func program(of pid: pid_t) -> String {
    var bytes = [UInt8](repeating: 0, count: Int(PATH_MAX))
    let length = max(0, readlink("/proc/\(pid)/exe", &bytes, bytes.count))
    let path = String(decoding: bytes[..<length], as: UTF8.self)
    return path.split(separator: "/").last.map(String.init) ?? ""
  }

  @Test func `a killed one is back at once and knows who died`() throws {
    let run = try Supervised(["Procfile": "worker: ./worker", "worker": Self.teller])
    try run.start("dev")
    let first = try run.expect(" id=")
    let pid = try #require(first.number(after: "pid="))
    let id = try #require(first.value(of: " id="))

    kill(pid, SIGKILL)

    let second = try run.expect(" id=")
    #expect(second.value(of: "predecessor=") == id)
    #expect(second.value(of: "place=") == "worker.1")
    #expect(second.value(of: " id=") != id)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  private static let teller = """
    #!/bin/sh
    echo "pid=$$ id=$SUPERVISE_ID predecessor=$SUPERVISE_PREDECESSOR place=$SUPERVISE_INSTANCE"
    exec sleep 92
    """

  @Test func `one that was ready takes over for good`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd\nworker: ./worker",
      "worker": """
      #!/bin/sh
      echo "pid=$$ predecessor=$SUPERVISE_PREDECESSOR."
      echo READY=1 >&3
      exec sleep 91
      """,
    ])
    try run.start("prod")
    for _ in 0..<3 {
      let line = try run.expect("pid=")
      try run.expect("is ready")
      #expect(!line.has(" predecessor=a b"))
      #expect((line.value(of: "predecessor=") ?? "").split(separator: " ").count <= 1)
      kill(try #require(line.number(after: "pid=")), SIGKILL)
    }
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `the end of a process with policy exit is the end of all`() throws {
    let run = try Supervised([
      "Procfile": "#: restart=exit\nmain: sh -c 'sleep 0.1; exit 9'\nother: sleep 86"
    ])
    try run.start("dev")

    #expect(try run.end() == 9)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a crash loop is given up with its last words`() throws {
    let run = try Supervised([
      "Procfile": "bad: sh -c 'echo no such table >&2; exit 1'\nother: sleep 85"
    ])
    try run.start("dev", "--exit-on-failed")

    try run.expect("starting it again in")
    try run.expect("given up on")
    try run.expect("the last lines of bad:")
    try run.expect("|   no such table")
    #expect(try run.end() == 70)
  }

  @Test func `beat never has two live processes, even if a shell hides the first`() throws {
    let run = try Supervised([
      "Procfile": "beat: ./beat",
      "beat": """
      #!/bin/sh
      echo "leader=$$"
      sh -c 'trap "sleep 0.3; echo the old one has ended; exit" TERM
        echo inner is up; while :; do sleep 0.01; done' &
      wait
      """,
    ])
    try run.start("dev")
    let leader = try #require(try run.expect("leader=").number(after: "leader="))
    try run.expect("inner is up")

    kill(leader, SIGKILL)

    try run.expect("the old one has ended")
    try run.expect("leader=")
    run.signal(SIGINT)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `an idle supervisor sleeps`() throws {
    let run = try Supervised(["Procfile": "#: ready=none\nworker: sleep 84"])
    try run.start("dev", "-c", "worker=5")
    for _ in 0..<5 { try run.expect("started") }
    usleep(200_000)  // what the start itself brings along

    let before = run.contextSwitches
    usleep(1_000_000)

    #expect(run.contextSwitches == before)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }
}
