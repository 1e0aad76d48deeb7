import Glibc
import TestSupport
import Testing

/// What happens when `supervise` itself crashes.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct CrashTests {
  @Test(arguments: [SIGSEGV, SIGABRT])
  func `a crash on a terminal asks nobody, and leaves nothing behind`(signal: Int32) throws {
    let run = try Supervised(["Procfile": "#: ready=none\nweb: ./web", "web": Self.web])
    let session = try TerminalSession(
      in: run, environment: ["TERM": "xterm", "SWIFT_BACKTRACE": "enable=yes"])
    try session.expectTaken(true)
    try session.expect("backtrace: enable=yes")
    let child = try #require(pid_t(run.text(of: "pid")))

    session.signal(signal)

    // Who is asked has half a minute for the answer.
    #expect(try session.end() == 128 + signal)
    #expect(!session.isTaken)
    for _ in 0..<2000 where kill(child, 0) == 0 { usleep(5000) }
    #expect(kill(child, 0) == -1)
  }

  private static let web = """
    #!/bin/sh
    printf %s $$ >pid
    echo "backtrace: $SWIFT_BACKTRACE"
    exec sleep 71
    """
}
