import Glibc
import TestSupport
import Testing

/// As a service of systemd's: what it is told, and what the processes are not.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct SystemdTests {
  @Test func `systemd is told of the start, the state, a reload and the end`() throws {
    let manager = try NotifyReceiver()
    let run = try Supervised(
      ["Procfile": "#: ready=fd\nworker: ./worker", "worker": ProductionTests.worker],
      environment: ["NOTIFY_SOCKET": manager.path])
    try run.start("prod", "-c", "worker=2")

    try manager.expect("READY=1", "MAINPID=\(run.pid)", "STATUS=2 of 2 ready")
    run.signal(SIGHUP)
    let reloading = try manager.expect("RELOADING=1")
    let stamp = try #require(reloading.first { $0.hasPrefix("MONOTONIC_USEC=") })
    #expect(Int(stamp.dropFirst(15)) ?? 0 > 0)
    try manager.expect("READY=1")
    run.signal(SIGTERM)
    try manager.expect("STOPPING=1")
    #expect(try run.end() == 0)
    let first = "STATUS=0 of 2 ready; worker.1 starting, worker.2 starting"
    #expect(manager.messages.contains { $0.contains(first) })
  }

  @Test func `the watchdog of systemd hears of it as long as it gets on`() throws {
    let manager = try NotifyReceiver()
    let run = try Supervised(
      ["Procfile": "#: ready=none\nweb: sleep 67"],
      environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"])
    try run.start("prod")

    for _ in 0..<3 { try manager.expect("WATCHDOG=1") }

    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `its processes speak to it and not to systemd`() throws {
    let manager = try NotifyReceiver()
    let run = try Supervised(
      [
        "Procfile": "#: ready=fd\nweb: ./web",
        "web": """
        #!/usr/bin/env python3
        import os, socket, time
        address = os.environ["NOTIFY_SOCKET"]
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        print("watchdog", os.environ.get("WATCHDOG_USEC"), flush=True)
        if os.fork() == 0:
            s.sendto(b"STATUS=from a child\\nREADY=1", "\\0" + address[1:])
        time.sleep(60)
        """,
      ],
      environment: ["NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "60000000"])
    try run.start("prod")

    try run.expect("watchdog None")
    try run.expect("web is ready after")
    run.signal(SIGUSR2)
    try run.expect("from a child")
    run.signal(SIGTERM)
    #expect(try run.end() == 0)
    #expect(!manager.messages.contains { $0.contains("STATUS=from a child") })
  }
}
