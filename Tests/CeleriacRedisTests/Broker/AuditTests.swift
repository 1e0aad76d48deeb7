import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// A server that has something else under a worker's name than the worker believes.
@Suite(.timeLimit(.minutes(1)))
struct AuditTests {
  @Test func `what is on loan in a batch that the worker does not know goes back`() async throws {
    let redis = try await ScriptBench()
    let (consumer, taking) = try await waiting(redis)
    let worker = try #require(try await redis.workers().first)
    try await redis("RPUSH", Keys.loan(worker, 5000), "stray")
    try await redis("HSET", Keys.loans(worker), "5000", "celery")

    try #require(
      try await eventually { try await redis("HEXISTS", Keys.loans(worker), "5000").integer == 0 })
    #expect(try await taking.value.map(\.bytes) == [Array("stray".utf8)])
    await consumer.close()
  }

  @Test func `a wait that the server has forgotten is registered anew`() async throws {
    let redis = try await ScriptBench()
    let (consumer, taking) = try await waiting(redis)
    let worker = try #require(try await redis.workers().first)
    let waits = try await registered(by: worker, redis)
    #expect(waits.count == PriorityStep.all.count)

    for batch in waits.keys { try await redis("HDEL", Keys.loans(worker), batch) }

    #expect(try await eventually { try await registered(by: worker, redis) == waits })
    taking.cancel()
    await consumer.close()
  }

  @Test func `a worker at work is not taken for one that has forgotten`() async throws {
    let redis = try await ScriptBench()
    let queue = try TaskQueue.redis(redis.server.url)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .milliseconds(300)))
    let sent = 3000
    var done: Set<[UInt8]> = []

    for start in stride(from: 0, to: sent, by: 100) {
      try await queue.broker.send(
        (start..<start + 100).map { Message(bytes: Array("\($0)".utf8), queue: .default) })
      for delivery in try await consumer.take(upTo: 100) {
        #expect(done.insert(delivery.bytes).inserted, "once")
        // One by one, so that ticks fall between the settlements of a batch.
        #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
      }
    }
    while done.count < sent {
      for delivery in try await consumer.take(upTo: 100) {
        #expect(done.insert(delivery.bytes).inserted, "once")
        #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
      }
    }
    await consumer.close()
  }

  private func waiting(
    _ redis: ScriptBench
  ) async throws -> (any Consumer, Task<[Delivery], any Error>) {
    let queue = try TaskQueue.redis(redis.server.url)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(1)))
    let taking = Task { try await consumer.take(upTo: 1) }
    let commands = try RawCommands(redis.server)
    #expect(try await eventually { try await commands.waiting() == PriorityStep.all.count })
    return (consumer, taking)
  }

  // Each batch that the server knows, and its list.
  private func registered(by worker: String, _ redis: ScriptBench) async throws -> [String: String]
  {
    let fields = try await redis("HGETALL", Keys.loans(worker)).array?.compactMap(\.text) ?? []
    return stride(from: 0, to: fields.count, by: 2).reduce(into: [:]) { waits, index in
      if Int(fields[index]) != nil { waits[fields[index]] = fields[index + 1] }
    }
  }
}
