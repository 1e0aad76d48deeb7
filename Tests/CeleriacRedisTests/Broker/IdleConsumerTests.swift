import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// What a worker asks for that has nothing to do.
@Suite(.timeLimit(.minutes(1)))
struct IdleConsumerTests {
  @Test func `a worker that waits asks for next to nothing, and keeps its lease`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let options = consumerOptions(queue, "idle", lease: .seconds(6))
    let consumer = try await queue.broker.consumer(options)
    let taking = Task { try await consumer.take(upTo: 1) }
    let connection = try connect(to: server)
    try await waits(connection)

    _ = try await connection.send(RedisCommand("CONFIG", "RESETSTAT"))
    try await Task.sleep(for: .seconds(8))
    let statistics = try await connection.send(RedisCommand("INFO", "commandstats")).text ?? ""

    let counts = statistics.split(separator: "cmdstat_").compactMap { line -> (Substring, Int)? in
      let parts = line.split(separator: ":calls=", maxSplits: 1)
      guard parts.count == 2, let count = Int(parts[1].prefix { $0.isNumber }) else { return nil }
      return (parts[0], count)
    }
    let calls = Dictionary(uniqueKeysWithValues: counts)
    #expect(try #require(calls["evalsha"]) == 1, "every eight seconds: \(calls)")
    // The tick's own, and one every two seconds in between.
    #expect(try 3...5 ~= #require(calls["zadd"]), "\(calls)")
    let end = try #require(
      try await connection.send(
        RedisCommand("ZRANGE", Keys.workers, "0", "0", "WITHSCORES")
      ).array?.last?.text.flatMap { Int($0) })
    let now = Int(SystemWallClock().now().milliseconds)
    #expect(end > now + 3000 && end < now + 7000)
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }

  @Test func `a worker that waits finds out that others have taken it for dead`() async throws {
    let redis = try await ScriptBench()
    let queue = try TaskQueue.redis(redis.server.url)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "idle", lease: .seconds(3)))
    let taking = Task { try await consumer.take(upTo: 1) }
    try await waits(redis.connection)
    let worker = try #require(try await redis.workers().first)
    try await redis("ZADD", Keys.workers, "1", worker)
    try await redis.register("other")
    #expect(try await redis.tick("other", lease: 3000)[0] == 1)
    #expect(try await redis("HEXISTS", Keys.loans(worker), "live").integer == 0)

    let isBack = try await eventually {
      let all = try await redis.workers()
      return all.contains { $0 != worker && $0 != "other" }
    }

    #expect(isBack, "under another name")
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }

  private func waits(_ connection: RedisConnection) async throws {
    let isWaiting = try await eventually {
      let clients = try await connection.send(RedisCommand("CLIENT", "LIST")).text ?? ""
      return clients.split(separator: "cmd=blmove").count == PriorityStep.all.count + 1
    }
    #expect(isWaiting)
  }
}
