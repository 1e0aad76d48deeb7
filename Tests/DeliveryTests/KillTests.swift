import CeleriacCore
import CeleriacRedis
import Glibc
import TestSupport
import Testing

/// Workers as processes of their own that are killed, halted and cut off.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct KillTests {
  private let echo = RemoteTask<String, String>("fixture.echo")
  private let slow = RemoteTask<Double, Double>("fixture.slow")

  @Test func `whatever is killed, every call has its result and nothing is left behind`()
    async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    var workers = try (1...3).map { try worker(server, "w\($0)") }
    let ids = (0..<3000).map { TaskID("call-\($0)") }
    for start in stride(from: 0, to: 3000, by: 300) {
      try await queue.send(ids[start..<start + 300].map { echo.s($0.rawValue).id($0) })
      let victim = Int.random(in: 0..<3)
      try await Task.sleep(for: .milliseconds(.random(in: 50...300)))
      workers[victim].kill()
      workers[victim] = try worker(server, "w\(victim + 1)")
    }

    #expect(try await eventually(.seconds(20)) { try await missing(ids, in: queue) == 0 })
    #expect(try await eventually(.seconds(5)) { try await leftovers(server) == [] })
    for worker in workers { worker.end(SIGTERM) }
    #expect(try await leftovers(server) == [])
  }

  @Test func `a worker that was halted past its lease changes nothing any more`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let halted = try worker(server, "halted")
    let result = try await queue.send(slow.s(2))
    #expect(try await eventually { try await queue.broker.length(of: .default) == 0 })
    try await Task.sleep(for: .milliseconds(300))
    halted.signal(SIGSTOP)
    // Comes while the halted one still waits at the list.
    let second = try await queue.send(echo.s("meanwhile"))
    let heir = try worker(server, "heir")

    #expect(try await result.value(within: .seconds(15)) == 2)
    #expect(try await second.value(within: .seconds(15)) == "meanwhile")
    halted.signal(SIGCONT)
    let third = try await queue.send(echo.s("afterwards"))
    #expect(try await third.value(within: .seconds(5)) == "afterwards")
    #expect(try await eventually(.seconds(8)) { try await leftovers(server) == [] })
    halted.end(SIGTERM)
    heir.end(SIGTERM)
  }

  @Test func `a killed server loses no call`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let workers = try (1...2).map { try worker(server, "w\($0)") }
    let ids = (0..<1000).map { TaskID("call-\($0)") }
    for start in stride(from: 0, to: 1000, by: 250) {
      try await queue.send(ids[start..<start + 250].map { echo.s($0.rawValue).id($0) })
      try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
      server.kill()
      try await server.restart()
    }

    #expect(try await eventually(.seconds(15)) { try await missing(ids, in: queue) == 0 })
    #expect(try await eventually(.seconds(5)) { try await leftovers(server) == [] })
    for worker in workers { worker.end(SIGTERM) }
  }

  private func worker(_ server: RedisServer, _ name: String) throws -> ChildProcess {
    try ChildProcess(
      "CLIFixture", ["worker", "--lease", "3s", "--hostname", name, "--concurrency", "4"],
      environment: ["CELERIAC_BROKER_URL": server.url])
  }

  private func missing(_ ids: [TaskID], in queue: TaskQueue) async throws -> Int {
    var count = 0
    for id in ids where try await queue.results.read(id)?.state != .success { count += 1 }
    return count
  }

  // Keys that hold messages.
  private func leftovers(_ server: RedisServer) async throws -> [String] {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    let keys = try await connection.send(RedisCommand("KEYS", "*")).array?.compactMap(\.text) ?? []
    return keys.filter {
      $0.hasPrefix("celeriac:loan:") || $0.hasPrefix("celeriac:scheduled:")
        || $0.hasPrefix("celeriac:suspects:")
        || $0.hasPrefix("celery") && !$0.hasPrefix("celery-task-meta")
    }
  }
}
