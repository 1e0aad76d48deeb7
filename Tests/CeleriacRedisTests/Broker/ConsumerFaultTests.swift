import CeleriacCore
import Synchronization
import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct ConsumerFaultTests {
  @Test func `what a dead worker had is taken by another, first in line and in order`() async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send((1...4).map { Message(bytes: [$0], queue: .default) })
    try await leave(queue, taking: 3)
    let heir = try await queue.broker.consumer(options(queue, "heir"))
    let death = ContinuousClock.now

    #expect(try await eventually { try await queue.broker.length(of: .default) == 4 })

    #expect(death.duration(to: .now) < .seconds(3))
    #expect(try await take(4, from: heir) == [1, 2, 3, 4])
    await heir.close()
  }

  @Test func `a successor takes over at once`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send((1...3).map { Message(bytes: [$0], queue: .default) })
    try await leave(queue, taking: 2, lease: .seconds(60), instance: "worker.1")
    var options = options(queue, "heir", lease: .seconds(60))
    options.predecessor = "nobody worker.1"

    let heir = try await queue.broker.consumer(options)

    #expect(try await queue.broker.length(of: .default) == 3)
    #expect(try await take(3, from: heir) == [1, 2, 3])
    await heir.close()
  }

  @Test func `a server that was away takes no loan from a worker that lives`() async throws {
    let server = try await RedisServer.start()
    let lost = Recorder<Loan>()
    var workers: [(any Consumer, [Delivery])] = []
    for number in 1...3 {
      let queue = try TaskQueue.redis(server.url)
      try await queue.broker.send([Message(bytes: [UInt8(number)], queue: .default)])
      var options = options(queue, "worker\(number)", lease: .seconds(3))
      options.onLost = { for loan in $0 { lost.add(loan) } }
      let consumer = try await queue.broker.consumer(options)
      workers.append((consumer, try await consumer.take(upTo: 1)))
    }

    server.kill()
    try await Task.sleep(for: .seconds(4))  // longer than the lease
    try await server.restart()
    try await Task.sleep(for: .seconds(3))  // time enough to be taken for dead

    #expect(lost.all.isEmpty)
    for (consumer, deliveries) in workers {
      #expect(try await consumer.settle([Settlement(deliveries[0].loan, .acknowledge)]) == [])
      await consumer.close()
    }
  }

  @Test func `a worker that waits when memory runs out neither spins nor stays behind`()
    async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(10)))
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
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(1)))
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

  @Test func `waiting goes on after its connections are cut, again and again`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(10)))
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

  @Test func `consumption goes on within two seconds of a killed server's return`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(1)))
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

  @Test func `a cut connection loses no message and repeats only what was under way`() async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let messages = (0..<2000).map { Message(bytes: Array("\($0)".utf8), queue: .default) }
    try await queue.broker.send(messages)
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(10)))
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

  @Test func `scripts that the server has forgotten are loaded again`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let bench = try RawCommands(server)
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(10)))
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
    let consumer = try await queue.broker.consumer(options(queue, "one", lease: .seconds(10)))
    let taking = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await bench("FLUSHALL")
    try await Task.sleep(for: .seconds(1.5))  // a tick finds out
    try await queue.broker.send([Message(bytes: [1], queue: .default)])

    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }

  private func options(
    _ queue: TaskQueue, _ name: String, lease: Duration = .seconds(1)
  ) -> ConsumerOptions {
    ConsumerOptions(
      worker: "\(name)@test", queues: [.default], results: queue.results, lease: lease)
  }

  // A consumer that ends without a word, as its process would.
  private func leave(
    _ queue: TaskQueue, taking count: Int, lease: Duration = .seconds(1), instance: String? = nil
  ) async throws {
    var options = options(queue, "leaving", lease: lease)
    options.instance = instance
    _ = try await queue.broker.consumer(options).take(upTo: count)
  }

  private func take(_ count: Int, from consumer: any Consumer) async throws -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count {
      bytes += try await consumer.take(upTo: count).flatMap(\.bytes)
    }
    return bytes
  }
}

/// An operator's view of a server.
struct RawCommands {
  private let connection: RedisConnection

  init(_ server: RedisServer) throws {
    connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url), clientName: "operator"), on: try IOThread())
  }

  @discardableResult
  func callAsFunction(_ words: String...) async throws -> RedisReply {
    var batch = RedisBatch()
    batch.append(arguments: words.count) { writer in
      for word in words { writer.append(word) }
    }
    return try await connection.send(batch)[0].orThrow()
  }

  /// How many clients wait at a list.
  func waiting() async throws -> Int {
    try await clients { $0.contains(" flags=b") }.count
  }

  /// Cuts the connections that bear a name.
  func cut(_ name: String) async throws {
    for id in try await clients({ $0.contains(" name=\(name) ") }) {
      _ = try? await self("CLIENT", "KILL", "ID", id)
    }
  }

  private func clients(_ isMeant: (Substring) -> Bool) async throws -> [String] {
    let lines = try await self("CLIENT", "LIST").text?.split(separator: "\n") ?? []
    return lines.filter(isMeant).compactMap { line in
      line.split(separator: " ").first.map { String($0.dropFirst("id=".count)) }
    }
  }

  /// How often a command was called since the statistics began.
  func calls(of command: String) async throws -> Int {
    let text = try await self("INFO", "commandstats").text ?? ""
    let line = text.split(separator: "\r\n").first { $0.hasPrefix("cmdstat_\(command):") }
    return line?.split(separator: "=").dropFirst().first
      .flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
  }

  /// Whether any message waits, is on loan or is scheduled.
  func isBusy() async throws -> Bool {
    if try await self("EXISTS", "celery", "celeriac:scheduled:celery").integer != 0 {
      return true
    }
    return try await self("KEYS", "celeriac:loan:*").array?.isEmpty == false
  }

  /// The end of the only worker's lease, ms.
  func lease() async throws -> Int {
    let fields = try await self("ZRANGE", "celeriac:workers", "0", "0", "WITHSCORES").array
    return fields?.last?.text.flatMap { Int($0) } ?? 0
  }

  /// The server's time, ms.
  func time() async throws -> Int {
    let fields = try await self("TIME").array?.compactMap(\.text).compactMap { Int($0) } ?? []
    return fields.first.map { $0 * 1000 } ?? 0
  }

  /// How many batches are registered for all workers.
  func loans() async throws -> Int {
    var count = 0
    for key in try await self("KEYS", "celeriac:loans:*").array?.compactMap(\.text) ?? [] {
      count += try await self("HLEN", key).integer ?? 0
    }
    return count
  }
}
