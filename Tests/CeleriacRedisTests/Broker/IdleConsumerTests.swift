import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// What a worker asks for that has nothing to do.
@Suite(.timeLimit(.minutes(1)))
struct IdleConsumerTests {
  @Test func `a worker that waits ticks as seldom as its lease allows`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let options = consumerOptions(queue, "idle", lease: .seconds(12))
    let consumer = try await queue.broker.consumer(options)
    let taking = Task { try await consumer.take(upTo: 1) }
    let connection = try connect(to: server)
    #expect(
      try await eventually {
        let clients = try await connection.send(RedisCommand("CLIENT", "LIST")).text ?? ""
        return clients.split(separator: "cmd=blmove").count == PriorityStep.all.count + 1
      })

    _ = try await connection.send(RedisCommand("CONFIG", "RESETSTAT"))
    try await Task.sleep(for: .seconds(6))
    let statistics = try await connection.send(RedisCommand("INFO", "commandstats")).text ?? ""

    let calls = statistics.split(separator: "cmdstat_evalsha:calls=").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) }
    #expect(try #require(calls) <= 3, "every four seconds, not every second")
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }
}
