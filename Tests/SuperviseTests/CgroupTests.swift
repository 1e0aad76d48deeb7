import Glibc
import TestSupport
import Testing

/// `supervise` in a control group that it may divide: nothing leaves the group it was started in.
@Suite(
  .timeLimit(.minutes(1)), .serialized,
  .enabled(if: DelegatedCgroup.canBeMade, "no cgroup v2 can be made here"))
struct CgroupTests {
  private static let files = [
    "Procfile": """
    #: ready=fd stop=100ms restart=never
    parent: ./parent
    #: ready=none stop=100ms
    other: sleep 58
    """,
    // The daemon has another session, another parent and nothing in its environment.
    "parent": #"""
    #!/usr/bin/env python3
    import os, signal, sys, time
    deaf = os.path.exists("deaf")
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            if deaf:
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            with open("daemon", "w") as file:
                file.write(str(os.getpid()))
            null = os.open("/dev/null", os.O_RDWR)
            for number in range(5):
                os.dup2(null, number)
            os.execve("/bin/sleep", ["sleep", "59"], {})
        os._exit(0)
    os.wait()
    while not os.path.exists("daemon") or not open("daemon").read():
        time.sleep(0.005)
    os.write(3, b"READY=1\n")
    if os.path.exists("brief"):
        sys.exit(0)
    time.sleep(60)
    """#,
  ]

  private func start(
    in group: DelegatedCgroup, having files: String...
  ) throws -> Supervised {
    let run = try Supervised(Self.files)
    for file in files { try run.write("", to: file) }
    try run.start(["prod"], under: group.entering)
    try run.expect("parent is ready")
    return run
  }

  private func daemon(of run: Supervised) throws -> pid_t {
    try #require(pid_t(run.text(of: "daemon")))
  }

  /// Whether it has ended, some time given.
  private func hasEnded(_ pid: pid_t) -> Bool {
    for _ in 0..<2000 {
      if kill(pid, 0) < 0 { return true }
      usleep(5000)
    }
    return false
  }

  @Test func `a daemon without a trace of its origin ends with its process`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group)
    let daemon = try daemon(of: run)
    #expect(kill(daemon, 0) == 0)
    #expect(group.groupsOfProcesses == ["other.1-2", "parent.1-1"])

    try run.ask("stop", "parent").expectSuccess()

    try run.expect("sleep, pid \(daemon), was left behind by parent; ending it")
    #expect(hasEnded(daemon))
    #expect(try run.state(of: "other") == "ready")
    try run.quit()
    #expect(group.groups == [])
  }

  @Test func `a daemon that ignores TERM as well is killed`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group, having: "deaf")
    let daemon = try daemon(of: run)

    run.signal(SIGTERM)

    #expect(try run.end() == 3)
    #expect(kill(daemon, 0) == -1)
    #expect(group.groups == [])
  }

  @Test func `a daemon may outlive a process that ends by itself, but not the supervisor`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group, having: "brief")
    let daemon = try daemon(of: run)
    try run.expect("parent is done")
    #expect(kill(daemon, 0) == 0)

    run.signal(SIGTERM)

    try run.expect("sleep, pid \(daemon), was left behind; ending it")
    #expect(try run.end() == 0)
    #expect(kill(daemon, 0) == -1)
    #expect(group.groups == [])
  }

  @Test func `killed without a chance it takes the daemon along`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group, having: "deaf")
    let daemon = try daemon(of: run)

    run.signal(SIGKILL)

    #expect(try run.end() == 128 + SIGKILL)
    #expect(hasEnded(daemon))
    for _ in 0..<2000 where group.groups != [] { usleep(5000) }
    #expect(group.groups == [])
  }

  @Test func `what a killed supervisor and its guard have left the next one clears up`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group)
    let daemon = try daemon(of: run)
    let guardian = try #require(run.children(named: "supervise-guard").first)
    run.signal(SIGSTOP)
    kill(guardian, SIGKILL)
    run.signal(SIGKILL)
    #expect(try run.end() == 128 + SIGKILL)
    #expect(kill(daemon, 0) == 0)

    let next = try Supervised(["Procfile": "other: sleep 57"])
    try next.start(["prod"], under: group.entering)
    try next.expect("other started")

    #expect(hasEnded(daemon))
    #expect(group.groups.count == 1)
    try next.quit()
    #expect(group.groups == [])
  }

  @Test func `two in one group leave each other alone`() throws {
    let group = try DelegatedCgroup()
    let run = try start(in: group)
    let daemon = try daemon(of: run)

    let other = try Supervised(["Procfile": "#: ready=none\nother: sleep 56"])
    try other.start(["prod"], under: group.entering)
    try other.expect("other started")
    #expect(group.groups.count == 2)
    try other.quit()

    #expect(kill(daemon, 0) == 0)
    #expect(group.groups.count == 1)
    try run.quit()
  }

  @Test(arguments: ["user.delegate", "trusted.delegate"])
  func `either mark will do`(mark: String) throws {
    let group = try DelegatedCgroup(mark: mark)
    let run = try start(in: group)

    #expect(group.groupsOfProcesses == ["other.1-2", "parent.1-1"])
    try run.quit()
  }

  @Test func `a group that nobody has delegated is left as it is`() throws {
    let group = try DelegatedCgroup(mark: nil)
    let run = try start(in: group)
    let daemon = try daemon(of: run)

    #expect(group.groups == [])
    try run.ask("stop", "parent").expectSuccess()
    #expect(kill(daemon, 0) == 0)
    try run.quit()
    #expect(kill(daemon, 0) == -1)
  }

  @Test(.enabled(if: DelegatedCgroup.canBeContainer, "no cgroup namespace can be made here"))
  func `a container's own group is divided`() throws {
    let group = try DelegatedCgroup(mark: nil)
    let run = try Supervised(["Procfile": "#: ready=none\nother: sleep 55"])
    try run.start(["prod"], under: group.asContainer)
    try run.expect("other started")

    #expect(group.groupsOfProcesses == ["other.1-1"])

    run.signalFirst(SIGTERM)
    #expect(try run.end() == 0)
    #expect(group.groups == [])
  }
}
