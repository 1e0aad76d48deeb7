import Glibc
import TestSupport
import Testing

/// Children that do everything wrong: whatever they are, nothing is left of them.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct HostileTests {
  /// A way to misbehave, and with which code `supervise` ends when it is asked to stop.
  struct Child: CustomTestStringConvertible, Sendable {
    let mode: String
    var code: Int32 = 0
    /// Said where all is set up.
    var sign = "| up"
    var options = ""

    var testDescription: String { mode }
  }

  static let children = [
    Child(mode: "deaf", code: 3),
    Child(mode: "deaf-family", code: 3),
    Child(mode: "orphans"),
    Child(mode: "daemon"),
    Child(mode: "deaf-daemon", code: 3),
    Child(mode: "holder"),
    Child(mode: "closed", sign: "hostile started"),
    Child(mode: "flood"),
    Child(mode: "no-newline", sign: "never ends"),
    Child(mode: "long-lines"),
    Child(mode: "bytes"),
    Child(mode: "halted"),
    Child(mode: "zombies"),
    Child(mode: "deserter"),
    Child(mode: "deaf-deserter", code: 3),
    Child(mode: "thief"),
  ]

  private func start(_ child: Child) throws -> Supervised {
    let run = try Supervised([
      "Procfile": """
      #: stop=300ms restart=never \(child.options)
      hostile: ./hostile \(child.mode)
      #: stop=300ms
      other: sleep 71
      """,
      "hostile": Self.program,
    ])
    try run.start("prod")
    try run.expect(child.sign, within: .seconds(60))
    return run
  }

  @Test(arguments: children)
  func `asked to stop it leaves nothing`(child: Child) throws {
    let run = try start(child)

    // A deaf one has its own time; there is no need to wait for it here.
    run.signal(child.code == 0 ? SIGTERM : SIGQUIT)

    #expect(try run.end() == child.code)
    #expect(run.survivorsAfterWaiting() == [])
    #expect(run.leftovers == [".gitignore", "lock"])
  }

  @Test(arguments: children)
  func `killed itself it leaves nothing`(child: Child) throws {
    let run = try start(child)

    run.signal(SIGKILL)

    #expect(try run.end(within: .seconds(30)) == 128 + SIGKILL)
    #expect(run.survivorsAfterWaiting(.seconds(20)) == [])
  }

  @Test func `a thousand ends cost no descriptor and leave no zombie`() throws {
    let run = try Supervised([
      "Procfile": """
      #: max-restarts=0
      hostile: sh -c 'sleep 0.01 & exit 1'
      #: ready=none
      other: sleep 70
      """
    ])
    try run.start("prod", "-c", "hostile=40")
    try run.expect("hostile.40 started")
    for _ in 0..<40 { try run.expect("starting it again") }
    let before = run.descriptors

    for _ in 0..<60 { try run.expect("starting it again in") }

    // Those that live at this moment have five descriptors each.
    #expect(run.descriptors <= before + 40 * 5)
    #expect(run.zombies.count <= 40)
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(run.survivorsAfterWaiting() == [])
  }

  @Test func `one that ends at once, for ever, is started less and less often`() throws {
    let run = try Supervised(["Procfile": "hostile: true\n#: ready=none\nother: sleep 69"])
    try run.start("prod")
    let began = ContinuousClock.now

    // 0, 0.25, 0.5 and 1 s, a fifth less or more.
    for _ in 0..<5 { try run.expect("hostile started") }

    #expect(ContinuousClock.now - began > .milliseconds(1350))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `all are started again, but not all at once`() throws {
    let run = try Supervised([
      "Procfile": "#: ready=none success=7\nhostile: ./hostile",
      "hostile": """
      #!/bin/sh
      [ -e quiet ] && exec sleep 68
      until [ -e go ]; do sleep 0.05; done
      exit 7
      """,
    ])
    try run.start("prod", "-c", "hostile=60")
    for _ in 0..<60 { try run.expect("started") }
    usleep(1_100_000)  // a run of a second that ends well is not held against it
    try run.write("", to: "quiet")
    try run.write("", to: "go")
    let began = ContinuousClock.now
    for _ in 0..<60 { try run.expect("started") }

    #expect(ContinuousClock.now - began > .milliseconds(1900))
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  static let program = #"""
    #!/usr/bin/env python3
    import os, signal, sys, time

    mode = sys.argv[1]

    def up():
        os.write(1, b"up\n")

    def live():
        while True:
            time.sleep(60)

    def deaf():
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)

    def child(body):
        if os.fork() == 0:
            body()
            os._exit(0)

    def daemon():
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.chdir("/")
                null = os.open("/dev/null", os.O_RDWR)
                for number in range(5):
                    os.dup2(null, number)
                live()
            os._exit(0)
        os.wait()

    if mode == "deaf":
        deaf()
    elif mode == "deaf-family":
        deaf()
        child(live)
        child(live)
    elif mode == "orphans":
        child(live)
        child(lambda: child(live))
        up()
        sys.exit(0)
    elif mode == "daemon":
        daemon()
        up()
        sys.exit(0)
    elif mode == "deaf-daemon":
        deaf()
        daemon()
    elif mode == "holder":
        child(lambda: (os.setsid(), live()))
        signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    elif mode == "closed":
        for number in range(5):
            os.close(number)
        live()
    elif mode == "flood":
        up()
        while True:
            os.write(1, b"flood\n" * 10000)
    elif mode == "no-newline":
        while True:
            os.write(1, b"this line never ends, ")
    elif mode == "long-lines":
        os.write(1, b"x" * 10_000_000 + b"\n")
        up()
        while True:
            os.write(1, b"x" * 10_000_000 + b"\n")
    elif mode == "bytes":
        os.write(1, bytes(range(256)) + b"\xc3\x28\xf0\x9f\x00\n")
    elif mode == "halted":
        up()
        os.kill(os.getpid(), signal.SIGSTOP)
        live()
    elif mode == "zombies":
        for _ in range(20):
            child(lambda: None)
    elif mode == "deserter":
        os.setpgid(0, os.getpgid(os.getppid()))
    elif mode == "deaf-deserter":
        deaf()
        os.setpgid(0, os.getpgid(os.getppid()))
    elif mode == "thief":
        # A child of its own in a group of its own, which it does not wait for.
        child(lambda: (os.setpgid(0, 0), live()))
    up()
    live()
    """#
}
