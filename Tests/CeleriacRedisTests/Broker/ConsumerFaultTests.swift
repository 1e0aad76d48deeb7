import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// Consumers of a server that runs out of memory, forgets, or goes away.
@Suite(.timeLimit(.minutes(1)))
struct ConsumerFaultTests {
  @Test func `a worker that waits when memory runs out neither spins nor stays behind`()
    async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let taking = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await bench("CONFIG", "SET", "maxmemory", "1")
    try await bench("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    try await bench("CONFIG", "RESETSTAT")

    try await Task.sleep(for: .seconds(1))  // as long as it takes to spin

    #expect(try await bench.calls(of: "blmove") < 50)
    try await bench("CONFIG", "SET", "maxmemory", "0")
    let lifted = ContinuousClock.now
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    #expect(try await taking.value.map(\.bytes) == [[1]])
    #expect(lifted.duration(to: .now) < .seconds(2))
    await consumer.close()
  }

  @Test func `leases are renewed and loans settled while memory is short`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(1)))
    let delivery = try await consumer.take(upTo: 1)[0]
    try await bench("CONFIG", "SET", "maxmemory", "1")

    try await Task.sleep(for: .seconds(2))  // longer than the lease

    #expect(try await bench.lease() > bench.time())
    let result = ResultWrite(
      id: "a", state: .success, bytes: Array(#"{"status": "SUCCESS", "result": 1}"#.utf8),
      expiry: .seconds(60))
    #expect(
      try await consumer.settle([Settlement(delivery.loan, .acknowledge, result: result)]) == [])
    #expect(try await queue.results.read("a")?.valueText == "1")
    await consumer.close()
  }

  @Test func `consumption goes on within two seconds of a killed server's return`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(1)))
    let taken = Recorder<[UInt8]>()
    let taking = Task {
      while !Task.isCancelled {
        do {
          let deliveries = try await consumer.take(upTo: 10)
          _ = try await consumer.settle(deliveries.map { Settlement($0.loan, .acknowledge) })
          for delivery in deliveries { taken.add(delivery.bytes) }
        } catch {
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    #expect(try await taken.waits { $0 == [[1]] })
    for number in UInt8(2)...4 {
      server.kill()
      try await Task.sleep(for: .seconds(2))  // longer than the lease
      try await server.restart()
      let back = ContinuousClock.now
      try await queue.broker.send([Message(bytes: [number], queue: .default)])
      #expect(try await taken.waits { $0.contains([number]) })
      #expect(back.duration(to: .now) < .seconds(2))
    }
    taking.cancel()
    _ = await taking.result
    await consumer.close()
  }

  @Test func `scripts that the server has forgotten are loaded again`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    for number in UInt8(1)...20 {
      try await queue.broker.send([Message(bytes: [number], queue: .default)])
      try await bench("SCRIPT", "FLUSH")
      let delivery = try await consumer.take(upTo: 1)[0]
      #expect(delivery.bytes == [number])
      try await bench("SCRIPT", "FLUSH")
      #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
    }
    await consumer.close()
  }

  @Test func `a server that has lost all its data is served anew`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let taking = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await bench("FLUSHALL")
    try await Task.sleep(for: .seconds(1.5))  // a tick finds out
    try await queue.broker.send([Message(bytes: [1], queue: .default)])

    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }

  @Test func `what a wait brings from a server without its data is not lost`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let taking = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { try await bench.waiting() == 4 })

    // The message goes to the loans of a worker of which the server knows nothing.
    try await bench("EVAL", "redis.call('FLUSHALL') redis.call('LPUSH', 'celery', 'a')", "0")
    _ = try await taking.value

    let delivery = try await consumer.take(upTo: 1)[0]
    #expect(delivery.bytes == [UInt8(ascii: "a")])
    #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
    #expect(try await bench.isBusy() == false)
    await consumer.close()
  }
}
