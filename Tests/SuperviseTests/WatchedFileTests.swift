import Glibc
import TestSupport
import Testing

/// Programs that nothing links: they are reloaded when a file changes that is watched.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct WatchedFileTests {
  @Test func `a script is restarted when a watched file changes`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=fd
      worker: python3 -u app.py
      #: reload=none
      other: sleep 82
      """,
      "app.py": Self.python("one"),
    ])
    try run.start("dev", "--watch", "**/*.py")
    try run.expect("worker says one")

    try run.write(Self.python("two"), to: "app.py")

    try run.expectAll("worker says two", "reload #1: app.py changed, worker in")
    #expect(run.lines.count { $0.has("other started") } == 1)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a shell script that is saved is replaced, and may finish first`() throws {
    func script(_ word: String) -> String {
      """
      #!/bin/sh
      trap 'echo finishing; sleep 0.1; echo finished; exit 0' TERM
      echo "says \(word)"; echo READY=1 >&3
      while :; do sleep 0.01; done
      """
    }
    let run = try Supervised([
      "Procfile": "#: ready=fd\nworker: bin/loop.sh", "bin/loop.sh": script("one"),
    ])
    try run.start("dev", "--watch", "bin")
    try run.expect("says one")

    try run.write(script("two"), to: "bin/loop.sh")

    try run.expectAll("says two", "reload #1: loop.sh changed, worker in")
    try run.expect("finished")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("says two") } == 1)
    #expect(try run.lines.order("says two", "finishing"))
  }

  /// With `reload=signal:HUP` the process is the one to know what to do.
  @Test func `one that reloads by itself gets its signal and goes on`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd reload=signal:HUP watch=conf\nserver: ./server",
      "conf": "one",
      "server": """
      #!/bin/sh
      trap 'echo "reads $(cat conf) pid=$$"' HUP
      echo "runs pid=$$"; echo READY=1 >&3
      while :; do sleep 0.01; done
      """,
    ])
    try run.start("dev")
    try run.expectAll("runs pid=", "server is ready")
    let pid = run.lines.first { $0.has("runs pid=") }?.number(after: "pid=")

    try run.write("two", to: "conf")
    let line = try run.expect("reads two")
    try run.write("three", to: "conf")
    try run.expect("reads three")

    #expect(line.number(after: "pid=") == pid)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("server started") } == 1)
  }

  @Test func `what is saved during a reload is not forgotten`() throws {
    func slow(_ word: String) -> String {
      """
      #!/bin/sh
      echo "\(word) begins"
      while [ -e hold ]; do sleep 0.01; done
      echo "says \(word)"; echo READY=1 >&3
      exec sleep 76
      """
    }
    let run = try Supervised([
      "Procfile": "#: ready=fd watch=*.sh\nworker: sh one.sh", "one.sh": slow("one"),
    ])
    try run.start("dev")
    try run.expect("says one")

    try run.write("", to: "hold")
    try run.write(slow("two"), to: "one.sh")
    try run.expect("two begins")
    try run.write(slow("three"), to: "one.sh")
    try run.expect("again, for it changed meanwhile")
    try run.expect("three begins")
    unlink(run.path("hold"))

    try run.expectAll("says three", "reload #2: one.sh changed, worker in")
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(!run.output.has("says two"))
  }

  @Test func `a process that writes what it watches is left alone after a while`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd watch=state\nweb: ./web",
      "web": """
      #!/bin/sh
      echo READY=1 >&3
      date +%N >state
      exec sleep 75
      """, "state": "",
    ])
    try run.start("dev")

    try run.expect("state changes all the time; it is left alone until it rests")

    run.signal(SIGINT)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("web started") } == 11)
  }

  private static func python(_ word: String) -> String {
    """
    import os, signal, sys
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print("worker says \(word)")
    os.write(3, b"READY=1\\n")
    signal.pause()
    """
  }
}
