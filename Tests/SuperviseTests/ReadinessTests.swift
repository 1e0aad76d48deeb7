import Glibc
import TestSupport
import Testing

/// When a process counts as ready, and who waits for that.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct ReadinessTests {
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

  @Test func `one that is not ready any more is shown so, and its dependents run on`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=fd
      web: sh ./web
      #: after=web
      top: sleep 71
      """,
      "web": """
      say() { echo $1 >&3; while [ ! -e $2 ]; do sleep 0.01; done; }
      say READY=1 one; say READY=0 two; say READY=1 three; say STOPPING=1 never
      """,
    ])
    try run.start("prod")
    try run.expect("top started")
    let listener = run.another()
    try listener.start("events", "--json")
    try listener.expect("listening")

    try run.write("", to: "one")
    try listener.expect("\"from\":\"ready\",\"to\":\"unready\"")
    #expect(try run.state(of: "web") == "unready")
    #expect(try run.ask("wait", "--ready", "web", "--timeout", "100ms").code == 124)
    try run.write("", to: "two")
    try run.ask("wait", "--ready", "web").expectSuccess()
    try run.write("", to: "three")
    try listener.expect("\"from\":\"ready\",\"to\":\"stopping\"")
    #expect(try run.state(of: "web") == "stopping")
    #expect(run.lines.count { $0.has("started") } == 2)
    listener.signal(SIGINT)
    _ = try listener.end()
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
