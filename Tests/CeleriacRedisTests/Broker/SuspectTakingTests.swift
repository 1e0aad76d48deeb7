import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// What a consumer does where messages wait that were on loan at a crash.
@Suite(.timeLimit(.minutes(1)))
struct SuspectTakingTests {
  private let server: RedisServer
  private let queue: TaskQueue
  private let redis: RawCommands

  init() async throws {
    server = try await RedisServer.start()
    queue = try TaskQueue.redis(server.url)
    redis = try RawCommands(server)
  }

  @Test func `suspects come first, and no more than can start`() async throws {
    try await suspects(1, "s1", "s2", "s3")
    try await send("a", "b")
    let consumer = try await consumer()

    let first = try await consumer.take(into: Room(total: 10, starting: 2))
    #expect(texts(first) == ["s1", "s2"])
    #expect(first.map(\.crashes) == [1, 1])
    #expect(consumer.holdsSuspects)
    #expect(try await consumer.take(into: Room(total: 8, starting: 0)).isEmpty)
    #expect(texts(try await consumer.take(into: Room(total: 8, starting: 1))) == ["s3"])
    #expect(texts(try await consumer.take(into: Room(total: 8, starting: 1))) == ["a", "b"])
    #expect(!consumer.holdsSuspects)
    await consumer.close()
  }

  @Test func `while one runs apart nothing else is taken, and then the next`() async throws {
    try await suspects(2, "s1", "s2")
    try await send("a")
    let consumer = try await consumer()
    let first = try await consumer.take(upTo: 4)
    #expect(texts(first) == ["s1"])
    let next = Recorder<String>()
    let taking = Task {
      for delivery in try await consumer.take(upTo: 4) { next.add(text(delivery)) }
    }

    try await Task.sleep(for: .milliseconds(300))  // enough to take what it may not
    #expect(next.all.isEmpty)
    _ = try await consumer.settle([Settlement(first[0].loan, .acknowledge)])

    try await taking.value
    #expect(next.all == ["s2"])
    await consumer.close()
    #expect(try await redis("LRANGE", "celeriac:suspects:2:celery", "0", "-1").array?.count == 1)
  }

  @Test func `one that is to run apart waits for the end of what runs`() async throws {
    try await send("a", "b")
    let consumer = try await consumer()
    let running = try await consumer.take(upTo: 2)
    #expect(texts(running) == ["a", "b"])
    try await suspects(2, "s1")
    #expect(try await eventually { consumer.holdsSuspects })
    let next = Recorder<String>()
    let taking = Task {
      for delivery in try await consumer.take(upTo: 4) { next.add(text(delivery)) }
    }

    _ = try await consumer.settle([Settlement(running[0].loan, .acknowledge)])
    try await Task.sleep(for: .seconds(1.5))  // a tick wakes the taker
    #expect(next.all.isEmpty)
    let end = ContinuousClock.now
    _ = try await consumer.settle([Settlement(running[1].loan, .acknowledge)])

    try await taking.value
    #expect(next.all == ["s1"])
    #expect(end.duration(to: .now) < .milliseconds(500), "not at the next tick")
    await consumer.close()
  }

  @Test func `a message that comes meanwhile is left to others`() async throws {
    let consumer = try await consumer()
    let taking = Task { try await consumer.take(upTo: 4) }
    #expect(try await eventually { try await redis.waiting() == 4 })
    try await suspects(2, "s1")
    #expect(texts(try await taking.value) == ["s1"])
    let next = Task { try await consumer.take(upTo: 4) }
    let other = try await self.consumer()
    let witness = Task { try await other.take(upTo: 4) }

    try await send("a")

    #expect(texts(try await witness.value) == ["a"])
    next.cancel()
    _ = await next.result
    await consumer.close()
    await other.close()
  }

  @Test func `one that waits without free slots is woken to think again`() async throws {
    let consumer = try await consumer()
    #expect(try await eventually { !consumer.holdsSuspects })
    let taking = Task { try await consumer.take(into: Room(total: 4, starting: 0)) }
    #expect(try await eventually { try await redis.waiting() == 4 })
    try await suspects(1, "s1")

    #expect(try await taking.value.isEmpty)
    #expect(texts(try await consumer.take(upTo: 1)) == ["s1"])
    await consumer.close()
  }

  private func consumer() async throws -> any Consumer {
    try await queue.broker.consumer(
      ConsumerOptions(
        worker: "w@test", queues: [.default], results: queue.results, lease: .seconds(3)))
  }

  private func suspects(_ count: Int, _ texts: String...) async throws {
    for text in texts { try await redis("LPUSH", "celeriac:suspects:\(count):celery", text) }
  }

  private func send(_ texts: String...) async throws {
    try await queue.broker.send(texts.map { Message(bytes: Array($0.utf8), queue: .default) })
  }

  private func texts(_ deliveries: [Delivery]) -> [String] { deliveries.map(text) }

  private func text(_ delivery: Delivery) -> String {
    String(decoding: delivery.bytes, as: UTF8.self)
  }
}
