import CeleriacCore
import CeleriacRedis
import Glibc
import TestSupport
import Testing

@testable import CeleriacCLI

/// What workers and beats say of a Redis that goes away, and how soon they go on.
@Suite(.timeLimit(.minutes(2)))
struct OutageTests {
  private let add = RemoteTask<Int, Int, Int>("fixture.add")

  private func expectWork(on server: RedisServer) async throws {
    let result = try await TaskQueue.redis(server.url).send(add.s(2, 2))
    #expect(try await result.value(within: .seconds(2)) == 4)
  }

  private func count(_ process: FixtureProcess, _ text: String) -> Int {
    process.lines.all.count { $0.contains(text) }
  }

  @Test(arguments: [0, 7])
  func `an idle worker says once that its broker is away, and at once that it is back`(
    seconds: Int
  ) async throws {
    let server = try await RedisServer.start()
    let worker = try FixtureProcess(["worker", "-c", "1"], broker: server.url)
    #expect(try await worker.tells("READY=1"))

    server.kill()
    #expect(try await worker.says("broker unreachable; trying again"))
    try await Task.sleep(for: .seconds(seconds))  // longer than a take waits for its turn
    try await server.restart()
    let back = ContinuousClock.now

    #expect(try await worker.says("broker reached again  duration_ms="))
    #expect(back.duration(to: .now) < .seconds(2))
    try await expectWork(on: server)
    #expect(count(worker, "unreachable") == 1)
    #expect(count(worker, "reached again") == 1)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
    #expect(count(worker, "unreachable") == 1, "a stop is no outage")
  }

  @Test func `a beat says once that its broker is away, and that it is back`() async throws {
    let server = try await RedisServer.start()
    let beat = try FixtureProcess(["beat"], broker: server.url)
    #expect(try await beat.tells("READY=1"))

    server.kill()
    #expect(try await beat.says("broker unreachable; trying again"))
    try await server.restart()

    #expect(try await beat.says("broker reached again  duration_ms="))
    #expect(count(beat, "unreachable") == 1)
    beat.signal(SIGTERM)
    #expect(try await beat.ends() == 0)
  }

  @Test func `a worker whose log nobody reads works on, keeps its lease and loses no line`()
    async throws
  {
    let server = try await RedisServer.start()
    let worker = try FixtureProcess(
      ["worker", "-c", "4", "--lease", "3s", "-l", "debug"], broker: server.url, isRead: false)
    let queue = try TaskQueue.redis(server.url)

    // Several times what a pipe holds.
    let results = try await queue.send((0..<2000).map { add.s($0, 1) })
    for (number, result) in results.enumerated() {
      #expect(try await result.value(within: .seconds(20)) == number + 1)
    }
    try await Task.sleep(for: .seconds(4))  // longer than the lease
    try await expectWork(on: server)

    worker.readOutput()
    #expect(
      try await worker.lines.waits { lines in lines.count { $0.contains("succeeded") } == 2001 })
    #expect(count(worker, "lease") == 0)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  @Test func `a Redis that comes back empty costs an idle worker one line, and no warning`()
    async throws
  {
    let server = try await RedisServer.start(options: ["--appendonly", "no"])
    let worker = try FixtureProcess(["worker", "-c", "1"], broker: server.url)
    #expect(try await worker.tells("READY=1"))

    server.kill()
    try await server.restart()

    #expect(try await worker.says("lease lost; starting anew"))
    try await expectWork(on: server)
    #expect(count(worker, "lease") == 1)
    #expect(count(worker, "warn ") == 0)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  @Test func `a Redis that comes back empty takes the running tasks along, with one warning`()
    async throws
  {
    let server = try await RedisServer.start(options: ["--appendonly", "no"])
    let worker = try FixtureProcess(["worker", "-c", "1"], broker: server.url)
    let slow = RemoteTask<Double, Double>("fixture.slow")
    _ = try await TaskQueue.redis(server.url).send(slow.s(600))
    #expect(try await worker.tells("BUSY=1"))

    server.kill()
    try await server.restart()

    #expect(try await worker.says("lease lost: the tasks under it are cancelled"))
    try await expectWork(on: server)
    #expect(count(worker, "lease lost") == 1)
    #expect(count(worker, "warn ") == 1)
    #expect(count(worker, "another worker") == 0)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  @Test func `a queue whose key is something else is named once, and nobody spins`() async throws {
    let server = try await RedisServer.start()
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    _ = try await connection.send(RedisCommand("SET", "celery", "mine"))
    let worker = try FixtureProcess(["worker", "-c", "1"], broker: server.url)

    #expect(try await worker.says("broker refuses; trying again"))
    #expect(try await worker.says("key 'celery' is a string and has to be a list"))
    _ = try await connection.send(RedisCommand("CONFIG", "RESETSTAT"))
    try await Task.sleep(for: .seconds(2))  // as long as it takes to spin
    let calls = try await connection.send(RedisCommand("INFO", "commandstats")).text ?? ""
    #expect(Self.calls(of: "evalsha", in: calls) < 12)
    #expect(count(worker, "refuses") == 1)
    #expect(count(worker, "unreachable") == 0)
    _ = try await connection.send(RedisCommand("DEL", "celery"))

    #expect(try await worker.says("broker serves again"))
    try await expectWork(on: server)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  @Test func `a worker that cannot be registered ends with the key that is in the way`()
    async throws
  {
    let server = try await RedisServer.start()
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    _ = try await connection.send(RedisCommand("SET", "celeriac:workers", "mine"))

    let worker = try FixtureProcess(["worker"], broker: server.url)

    #expect(try await worker.ends() == ExitStatus.unreachable.rawValue)
    #expect(try await worker.says("key 'celeriac:workers' is a string and has to be a sorted set"))
  }

  @Test func `a worker of a replica waits for a primary and says why`() async throws {
    let replica = try await RedisServer.start(.tcp, options: ["--replicaof", "127.0.0.1", "1"])
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(replica.url)), on: try IOThread())
    let worker = try FixtureProcess(["worker", "-c", "1"], broker: replica.url)

    #expect(try await worker.says("broker refuses; trying again"))
    #expect(try await worker.says("it is a replica and takes no writes"))
    _ = try await connection.send(RedisCommand("REPLICAOF", "NO", "ONE"))

    #expect(try await worker.says("broker serves again"))
    try await expectWork(on: replica)
    worker.signal(SIGTERM)
    #expect(try await worker.ends() == 0)
  }

  private static func calls(of command: String, in stats: String) -> Int {
    let line = stats.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_\(command):") }
    return line?.split(separator: "=").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
  }

  @Test(arguments: ["worker", "beat"])
  func `a wrong password is said once, and is the end`(command: String) async throws {
    let server = try await RedisServer.start(password: "secret")
    let process = try FixtureProcess([command], broker: "unix://:wrong@\(server.socketPath)")

    #expect(try await process.ends() == ExitStatus.unreachable.rawValue)
    #expect(try await process.says("can't reach Redis"))
    #expect(count(process, "WRONGPASS") == 1)
    #expect(count(process, "refuses") == 0)
  }
}
