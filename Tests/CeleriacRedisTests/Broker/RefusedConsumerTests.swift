import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// Consumers of a server on which a key is of another type than it has to be.
@Suite(.timeLimit(.minutes(1)))
struct RefusedConsumerTests {
  private let server: RedisServer
  private let queue: TaskQueue
  private let bench: RawCommands

  init() async throws {
    server = try await RedisServer.start()
    queue = try TaskQueue.redis(server.url)
    bench = try RawCommands(server)
  }

  private func send(_ numbers: UInt8...) async throws {
    try await queue.broker.send(numbers.map { Message(bytes: [$0], queue: .default) })
  }

  @Test func `of many outcomes one is refused, with the key's name, and can be asked for again`()
    async throws
  {
    try await send(1, 2, 3)
    try await bench("SET", "celeriac:dead", "mine")
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let taken = try await consumer.take(upTo: 3)
    let bury = Settlement(taken[1].loan, .bury(reason: "too bad"))

    let unsettled = try await consumer.settle([
      Settlement(taken[0].loan, .acknowledge), bury, Settlement(taken[2].loan, .acknowledge),
    ])

    #expect(unsettled.lost.isEmpty)
    #expect(Array(unsettled.refused.keys) == [taken[1].loan])
    #expect(
      unsettled.refused.values.first?.contains("key 'celeriac:dead' is a string and has to be")
        == true)
    #expect(consumer.isCurrent(taken[1].loan))
    try await bench("DEL", "celeriac:dead")
    #expect(try await consumer.settle([bury]) == [])
    #expect(try await bench("XLEN", "celeriac:dead").integer == 1)
    #expect(try await !bench.isBusy())
    await consumer.close()
  }

  @Test func `a message whose outcome is refused goes back when its worker stops`() async throws {
    try await send(1, 2)
    try await bench("SET", "celeriac:dead", "mine")
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let taken = try await consumer.take(upTo: 2)
    _ = try await consumer.settle(taken.map { Settlement($0.loan, .bury(reason: "too bad")) })

    await consumer.close()

    #expect(try await bench("LLEN", "celery").integer == 2)
  }

  @Test func `a worker whose ticks are refused takes nothing, and all in order when they are not`()
    async throws
  {
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(1)))
    try await bench("SET", "celeriac:recovery", "mine")
    try await Task.sleep(for: .seconds(1.5))  // longer than the lease
    try await send(1, 2, 3)
    try await bench("CONFIG", "RESETSTAT")
    let taken = Recorder<UInt8>()
    let taking = Task {
      while taken.all.count < 3 {
        let deliveries = try await consumer.take(upTo: 4)
        for delivery in deliveries where consumer.isCurrent(delivery.loan) {
          taken.add(delivery.bytes[0])
        }
        let stale = deliveries.filter { !consumer.isCurrent($0.loan) }
        _ = try await consumer.settle(stale.map { Settlement($0.loan, .requeue) })
      }
    }

    try await Task.sleep(for: .seconds(1))  // as long as it takes to spin

    #expect(try await bench.calls(of: "rpop") == 0)
    let waiting = try await bench("LRANGE", "celery", "0", "-1").array?.compactMap(\.bytes)
    #expect(waiting == [[3], [2], [1]])
    try await bench("DEL", "celeriac:recovery")
    try await taking.value
    #expect(taken.all == [1, 2, 3])
    await consumer.close()
  }

  @Test func `suspects of a wrong type do not keep a worker from its queue`() async throws {
    try await bench("SET", "celeriac:suspects:1:celery", "mine")
    try await send(1)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(3)))

    var taken: [Delivery] = []
    _ = try await eventually(.seconds(5)) {
      taken = (try? await consumer.take(upTo: 1)) ?? []
      return !taken.isEmpty
    }

    #expect(taken.map(\.bytes) == [[1]])
    await consumer.close()
  }
}
