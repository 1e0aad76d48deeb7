import Glibc
import TestSupport
import Testing

/// `supervise prod` on a server: under systemd, in a container, with what its processes may.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ProductionTests {
  /// Ready after a moment; finishes what it does when it is told to stop.
  static let worker = """
    #!/bin/sh
    trap 'sleep 0.2; echo "done $$"; exit 0' TERM
    sleep 0.2
    echo "ready $$ $1 $MODE"; echo READY=1 >&3
    while :; do sleep 0.01; done
    """

  @Test func `on HUP all are replaced, and there is no moment without a ready worker`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=fd
      worker: ./worker one
      #: ready=fd
      beat: ./worker beat
      #: reload=none
      redis: sleep 66
      #: restart=never
      migrate: echo migrated
      """,
      "worker": Self.worker,
    ])
    try run.start("prod", "-c", "worker=2")
    for _ in 0..<3 { try run.expect("is ready") }

    run.signal(SIGHUP)

    try run.expect("SIGHUP: ")
    try run.expect("reload #1: worker 2/2 in ")
    // The log is in the order of events: whoever says goodbye had a successor that was ready.
    var ready: Set<String> = []
    for line in run.lines where line.has("worker.") {
      if let pid = line.value(of: "ready ") { ready.insert(pid) }
      if let pid = line.value(of: "done ") {
        ready.remove(pid)
        #expect(ready.count >= 2)
      }
    }
    #expect(run.lines.count { $0.has("redis started") } == 1)
    #expect(run.lines.count { $0.has("beat started") } == 2)
    // What is done need not be done twice.
    #expect(run.lines.count { $0.has("migrate started") } == 1)
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `on HUP the Procfile and the variables are read again`() throws {
    let run = try Supervised([
      "Procfile": """
      #: ready=fd
      worker: ./worker one
      old: sleep 59
      #: reload=none
      redis: sleep 58
      """,
      ".env": "MODE=first",
      "worker": Self.worker,
    ])
    try run.start("prod", "-c", "worker=2")
    try run.expectAll("one first", "one first")
    try run.write(
      """
      #: ready=fd
      worker: ./worker two
      #: reload=none
      redis: sleep 58
      new: sh -c 'echo new is there; exec sleep 57'

      """, to: "Procfile")
    try run.write("MODE=second", to: ".env")

    run.signal(SIGHUP)

    try run.expectAll("two second", "two second", "new is there", "reload #1: ")
    run.signal(SIGUSR2)
    try run.expectAll("worker.1 ready", "worker.2 ready", "redis ready", "new ")
    #expect(run.lines.count { $0.has("worker.1 started") } == 2)
    try run.write("nonsense", to: "Procfile")
    run.signal(SIGHUP)
    try run.expect("Procfile:1: 'nonsense' is not of the form 'name: command'; what runs goes on")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `TTIN is one worker more, TTOU one fewer`() throws {
    let run = try Supervised(["Procfile": "#: ready=none\nworker: sleep 56"])
    try run.start("prod")
    try run.expect("worker started")

    run.signal(SIGTTIN)
    try run.expectAll("worker from 1 to 2, as asked", "worker.2 started")
    run.signal(SIGTTOU)
    try run.expect("worker from 2 to 1, as asked")
    run.signal(SIGTTOU)
    run.signal(SIGUSR2)

    try run.expect("worker")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a program that has become bad does not take the good one's place`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd\nworker: ./worker", "worker": Self.worker,
    ])
    try run.start("prod", "-c", "worker=2")
    for _ in 0..<2 { try run.expect("is ready") }
    try run.write("#!/bin/sh\nexit 4\n", to: "worker")

    run.signal(SIGHUP)

    try run.expect("failed on the new build (exit code 4); worker still on the previous one")
    #expect(run.lines.count { $0.has("done ") } == 0)
    #expect(run.lines.count { $0.has(" started, pid") } == 3)
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `one that takes too much memory is replaced, the new one first`() throws {
    let run = try Supervised([
      "Procfile": "#: limit.mem=100M ready=fd\nworker: ./worker",
      "worker": """
      #!/usr/bin/env python3
      import os, signal, time
      signal.signal(signal.SIGTERM, lambda *_: (print("goodbye", flush=True), os._exit(0)))
      os.write(3, b"READY=1\\n")
      print("works", flush=True)
      if not os.path.exists("fed"):
          open("fed", "w").close()
          if os.fork() == 0:
              hoard = bytearray(os.urandom(1)) * 150_000_000
              time.sleep(60)
      time.sleep(60)
      """,
    ])
    try run.start("prod")
    try run.expect("works")

    let line = try run.expect("worker takes ")
    #expect(line.has("MiB, and may take 100; replacing it"))
    try run.expectAll("works", "goodbye", "reload #1: worker in")

    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `a process has the surroundings that it is to have`() throws {
    let run = try Supervised([
      "Procfile": """
      #: umask=027 nice=5 oom=300 limit.nofile=64:128 limit.core=0 cwd=sub
      web: ./show
      """,
      "sub/show": """
      #!/bin/sh
      echo "mask $(umask) nice $(nice) oom $(cat /proc/self/oom_score_adj)"
      echo "files $(ulimit -S -n) $(ulimit -H -n) core $(ulimit -c) in $(pwd)"
      exec sleep 60
      """,
    ])
    try run.start("prod")

    try run.expect("mask 0027 nice 5 oom 300")
    try run.expect("files 64 128 core 0 in \(run.folder)/sub")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can run a process as somebody else"))
  func `a process runs as another user, and ends with supervise all the same`() throws {
    let run = try Supervised([
      "Procfile": "#: user=nobody restart=always\nweb: ./show",
      "show": """
      #!/bin/sh
      echo "$(id -u) $(id -g) $(id -G) $USER $HOME"
      echo "to its own output" >/dev/stdout
      exec sleep 60
      """,
    ])
    chmod(run.folder, 0o755)
    try run.start("prod")

    try run.expect("65534 65534 65534 nobody /nonexistent")
    try run.expect("to its own output")
    run.signal(SIGKILL)
    _ = try run.end()
    #expect(run.survivorsAfterWaiting(.seconds(2)) == [])
  }

  @Test(arguments: [
    ("user=no-such-user", "there is no user 'no-such-user'"),
    ("group=no-such-group", "there is no group 'no-such-group'"),
    ("cwd=nowhere", "cwd=nowhere is no folder"),
  ])
  func `what no process can have is a mistake of the Procfile`(
    option: String, message: String
  ) throws {
    let run = try Supervised(["Procfile": "#: \(option)\nweb: sleep 1"])
    try run.start("prod")

    try run.expect("supervise: Procfile:2: \(message)")
    #expect(try run.end() == 78)
  }

  @Test func `one that hangs is ended and started again`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=fd watchdog=300ms\nweb: ./web",
      "web": """
      #!/bin/sh
      echo "limit $WATCHDOG_USEC"; echo READY=1 >&3
      for i in 1 2 3 4 5; do sleep 0.1; echo WATCHDOG=1 >&3; done
      echo silent now
      [ -e second ] && while :; do echo WATCHDOG=1 >&3; sleep 0.1; done
      touch second
      sleep 60
      """,
    ])
    try run.start("prod")

    try run.expect("limit 300000")
    try run.expect("silent now")
    try run.expect("web has not written WATCHDOG=1 for 300 ms; ending it")
    try run.expect("web was silent for too long; starting it again")
    try run.expect("silent now")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.lines.count { $0.has("for 300 ms; ending it") } == 1)
  }

  @Test func `one is given up after as many tries as it has`() throws {
    let run = try Supervised(["Procfile": "#: max-restarts=1\nweb: false"])
    try run.start("prod")

    try run.expect("web ended: exit code 1; starting it again")
    try run.expect("web ended: exit code 1, the 2nd time in a row; given up on")
    #expect(try run.end() == 70)
  }

  @Test func `--exit-on ends all with the code of that process`() throws {
    let run = try Supervised([
      "Procfile": "main: sh -c 'sleep 0.2; kill -KILL $$'\nother: sleep 65"
    ])
    try run.start("prod", "--exit-on", "main")

    #expect(try run.end() == 128 + SIGKILL)
    #expect(run.survivorsAfterWaiting() == [])
  }
}
