import Glibc
import TestSupport
import Testing

/// One supervisor for a folder.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct LockTests {
  @Test func `a second one in the same folder names the first and leaves it alone`() throws {
    let run = try Supervised(["Procfile": "web: sh -c 'echo web runs; exec sleep 81'"])
    try run.start("dev")
    try run.expect("web runs")

    let second = run.another()
    try second.start("prod")
    try second.expect("another supervise runs in \(run.folder), pid \(run.pid); stop it")
    #expect(try second.end() == 69)

    #expect(!run.survivors().isEmpty)
    run.signal(SIGINT)
    #expect(try run.end() == 0)
    let third = run.another()
    try third.start("prod")
    try third.expect("web runs")
    third.signal(SIGINT)
    #expect(try third.end() == 0)
  }

  @Test func `where no file can be made the folder itself is locked`() throws {
    let run = try Supervised([
      "Procfile": "web: sh -c 'echo web runs; exec sleep 82'", ".supervise": "in the way",
    ])
    try run.start("prod")
    try run.expect("web runs")

    let second = run.another()
    try second.start("prod")
    try second.expect("supervise: another supervise runs in \(run.folder)")
    #expect(try second.end() == 69)

    run.signal(SIGTERM)
    #expect(try run.end() == 0)
  }

  @Test func `the lock of one that was killed is no hindrance`() throws {
    let run = try Supervised(["Procfile": "web: sh -c 'echo web runs; exec sleep 80'"])
    try run.start("dev")
    try run.expect("web runs")

    run.signal(SIGKILL)
    _ = try run.end()

    let second = run.another()
    try second.start("dev")
    try second.expect("web runs")
    second.signal(SIGINT)
    #expect(try second.end() == 0)
  }
}
