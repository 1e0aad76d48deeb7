import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ProcessTableTests {
  @Test func `numbers stand to the right, names to the left, and empty columns are left out`() {
    var redis = ProcessStatus(name: "redis", kind: "redis", state: "ready", port: 5000)
    redis.pid = 412
    redis.up = .seconds(7500)
    redis.cpuSeconds = 7.5
    redis.residentBytes = 9_800_000
    var worker = ProcessStatus(name: "worker.1", kind: "worker", state: "backoff", port: 5100)
    worker.note = "again in 2 s"
    worker.restarts = 12
    worker.lastExit = "exit code 1"

    #expect(
      ProcessTable([redis, worker], colour: false).text == """
        NAME      STATE                   PID     UP  RESTARTS  LAST EXIT      CPU     RSS  PORT
        redis     ready                   412  2h 5m         0  –            0.1 %  9.8 MB  5000
        worker.1  backoff (again in 2 s)    –      –        12  exit code 1      –       –  5100

        """)
  }

  @Test func `colours change nothing of where things stand`() {
    let row = ProcessStatus(name: "web", kind: "web", state: "failed", port: 5000)
    let plain = ProcessTable([row], colour: false).text
    let painted = ProcessTable([row], colour: true).text

    #expect(painted != plain)
    #expect(painted.replacing(/\u{1B}\[\d+m/, with: "") == plain)
  }

  @Test(arguments: [
    (0, "0s"), (59, "59s"), (60, "1m 0s"), (3599, "59m 59s"), (3600, "1h 0m"),
    (86_399, "23h 59m"), (86_400, "1d 0h"), (900_000, "10d 10h"),
  ])
  func `times have two parts at most`(_ seconds: Int, _ text: String) {
    #expect(ProcessTable.time(.seconds(seconds)) == text)
  }

  @Test(arguments: [
    (0, "0 kB"), (999_999, "999 kB"), (1_000_000, "1.0 MB"), (24_400_000, "24 MB"),
    (1_500_000_000, "1.5 GB"),
  ])
  func `sizes have two digits that matter`(_ bytes: Int, _ text: String) {
    #expect(ProcessTable.size(bytes) == text)
  }
}
