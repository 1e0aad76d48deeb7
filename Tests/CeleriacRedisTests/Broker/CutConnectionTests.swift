import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// Consumers whose connections are cut while the server goes on.
@Suite(.timeLimit(.minutes(1)))
struct CutConnectionTests {
  @Test func `waiting goes on after its connections are cut, again and again`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    for number in UInt8(1)...10 {
      let taking = Task { try await consumer.take(upTo: 1) }
      _ = try await eventually(.seconds(3)) { try await bench.waiting() == 4 }
      try await bench.cut("celeriac-wait")
      let start = ContinuousClock.now
      try await queue.broker.send([Message(bytes: [number], queue: .default)])

      let delivery = try await taking.value[0]

      #expect(delivery.bytes == [number])
      #expect(start.duration(to: .now) < .seconds(2))
      #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
    }
    // What the broken waits may have brought is looked for, and then forgotten.
    #expect(try await bench.loans() <= 4 + 44)
    await consumer.close()
  }

  @Test func `a cut connection loses no message and repeats only what was under way`() async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let messages = (0..<2000).map { Message(bytes: Array("\($0)".utf8), queue: .default) }
    try await queue.broker.send(messages)
    let consumer = try await queue.broker.consumer(
      consumerOptions(queue, "one", lease: .seconds(10)))
    let cutting = Task {
      while !Task.isCancelled {
        try await bench.cut("celeriac-worker")
        try await Task.sleep(for: .milliseconds(.random(in: 1...40)))
      }
    }
    var counts: [[UInt8]: Int] = [:]
    while try await bench.isBusy() {
      guard let deliveries = try? await consumer.take(upTo: 20) else { continue }
      for delivery in deliveries { counts[delivery.bytes, default: 0] += 1 }
      let settlements = deliveries.map { Settlement($0.loan, .acknowledge) }
      while (try? await consumer.settle(settlements)) == nil {}
      if counts.count == 2000 { break }
    }
    cutting.cancel()
    _ = await cutting.result

    #expect(counts.count == 2000)
    // A take whose reply was lost ran no task; its messages come once, later.
    #expect(counts.values.allSatisfy { $0 == 1 })
    #expect(try await eventually { try await !bench.isBusy() })
    await consumer.close()
  }
}
