import Glibc
import TestSupport
import Testing

/// How processes are started, watched over and started again.
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

  @Test func `dependents wait for the word on descriptor 3`() throws {
    let run = try Supervised([
      "Procfile": """
      #: after=base
      top: sh -c 'echo top is up; sleep 90'
      #: ready=fd
      base: sh -c 'sleep 0.3; echo base is up; echo READY=1 >&3; sleep 89'
      """
    ])
    try run.start("dev")

    try run.expect("base is up")
    try run.expect("top is up")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
  }

  @Test func `dependents wait for a port, or for a command to agree`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=tcp:$PORT
      server: python3 -u -m http.server --bind 127.0.0.1 $PORT
      #: after=server,file
      top: echo top is up
      #: ready='exec:test -e there'
      file: sh -c 'sleep 0.2; touch there; sleep 88'
      """
    ])
    try run.start("dev", "--set", "PORT=\(Self.freePort())")

    try run.expect("top is up")
    #expect(run.output.has("server is ready"))
    #expect(run.output.has("file is ready"))
    run.signal(SIGINT)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `dependents wait for a line in the log, of the process that runs now`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready='log:^server (up|running) on [0-9]+$' ready-timeout=10s
      server: ./server
      #: after=server restart=never
      top: echo top is up
      """,
      "server": """
      #!/bin/sh
      trap 'echo "server up on 2"' USR1
      echo "the server up on 1 is no news"; printf "server run" >&2
      while [ ! -e go ]; do sleep 0.01; done
      echo "ning on 80" >&2
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("dev")
    try run.expect("is no news")
    #expect(try run.state(of: "server") == "starting")
    #expect(try run.state(of: "top") == "waiting")
    try run.write("", to: "go")

    try run.expect("server is ready after")
    try run.expect("top is up")
    try run.quit()
  }

  @Test func `one whose line does not come is given up, with the reason`() throws {
    let run = try Supervised([
      "Procfile":
        "#: ready=log:never ready-timeout=1s max-restarts=1\nweb: sh -c 'echo up; exec sleep 71'"
    ])
    try run.start("dev")

    try run.expect("web has written no line with 'never'")
    run.signal(SIGINT)
    _ = try run.end()
  }

  @Test func `one that is done satisfies its dependents`() throws {
    let run = try Supervised([
      "Procfile": """
      #: after=redis
      worker: sh -c 'echo works; sleep 87'
      #: restart=on-failure
      redis: sh -c 'echo another one listens already'
      """
    ])
    try run.start("dev")

    try run.expect("redis is done")
    try run.expect("works")
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

  @Test func `a program that does not exist is named`() throws {
    let run = try Supervised(["Procfile": "web: no-such-program --fast"])
    try run.start("dev", "--exit-on-failed")

    try run.expect("web cannot be started: 'no-such-program' is in no folder of PATH")
    #expect(try run.end() == 70)
    #expect(run.lines.count { $0.has("cannot be started") } == 1)
  }

  @Test func `in production a program that does not exist keeps all from starting`() throws {
    let run = try Supervised([
      "Procfile": "other: sh -c 'echo other runs'\nweb: no-such-program --fast\nclock: bin/clock"
    ])
    try run.start("prod")

    try run.expect("supervise: Procfile:2: 'web': 'no-such-program' is in no folder of PATH; ")
    try run.expect("supervise: Procfile:3: 'clock': 'bin/clock' is not there; ")
    #expect(try run.end() == 78)
    #expect(!run.output.has("other runs"))
  }

  @Test func `a script that cannot be executed starts when it can be`() throws {
    let run = try Supervised([
      "Procfile": "web: ./web\nother: sleep 79", "web": "# no interpreter yet",
    ])
    try run.start("dev")
    try run.expect("web cannot be started: './web' is not executable; 'chmod +x' makes it so")

    chmod(run.path("web"), 0o755)
    try run.expect("'./web' is neither a program for this machine nor a script that begins with")
    try run.write("#!/no/such/interpreter\n", to: "web")
    try run.expect("'./web' is run by '/no/such/interpreter', which is not there")
    try run.write("#!/bin/sh\necho web runs; exec sleep 78\n", to: "web")

    try run.expect("web runs")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("web cannot be started") } == 3)
  }

  @Test func `one that is never ready is given up, with the reason`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd ready-timeout=20ms\nweb: sh -c 'echo up; exec sleep 77'"
    ])
    try run.start("dev", "--exit-on-failed")

    try run.expect(
      "web has not written READY=1 to descriptor 3 within 20 ms; stopping it (ready-timeout=")
    try run.expect("web was not ready in time; starting it again")
    try run.expect("web was not ready in time, the 6th time in a row; given up on")
    try run.expect("|   up")
    #expect(try run.end() == 70)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a mistake in the Procfile is told with its line`() throws {
    let run = try Supervised(["Procfile": "web: true\nworker true\n"])
    try run.start("dev")

    try run.expect("supervise: Procfile:2: 'worker true' is not of the form 'name: command'")
    #expect(try run.end() == 78)
  }

  @Test func `variables come from files, the environment and the command line`() throws {
    let run = try Supervised([
      "Procfile": #"web: sh -c 'echo "$A $B $C $D"'"#,
      ".env": "A=env\nB=env\nC=env\nD=env\nSUPERVISE_TEST=weaker",
      ".env.dev": "B=dev\nC=dev\nD=dev",
      "more": "C=more\nD=more",
    ])
    try run.start("dev", "-e", "more", "--set", "D=set")

    try run.expect("| env dev more set")
    #expect(try run.end() == 0)
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

  private static func freePort() -> Int {
    let number = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = bind(number, $0, size)
        _ = getsockname(number, $0, &size)
      }
    }
    return Int(UInt16(bigEndian: address.sin_port))
  }
}
