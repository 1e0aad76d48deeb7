import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// Who gets the loans of a worker that is gone.
@Suite(.timeLimit(.minutes(1)))
struct RecoveryTests {
  @Test func `what a dead worker had is taken by another, first in line and in order`() async throws
  {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send((1...4).map { Message(bytes: [$0], queue: .default) })
    try await leave(queue, taking: 3)
    let heir = try await queue.broker.consumer(consumerOptions(queue, "heir"))
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
    var options = consumerOptions(queue, "heir", lease: .seconds(60))
    options.predecessor = "nobody worker.1"
    let start = ContinuousClock.now

    let heir = try await queue.broker.consumer(options)

    #expect(try await queue.broker.length(of: .default) == 3)
    #expect(try await take(3, from: heir) == [1, 2, 3])
    let time = start.duration(to: .now)
    print("figure: start of a successor to its predecessor's messages: \(time)")
    #expect(time < .seconds(1))
    await heir.close()
  }

  @Test(arguments: [true, false])
  func `what a dead worker has scheduled is due for those who only wait, too`(
    _ isKnown: Bool
  ) async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send([Message(bytes: [1], queue: "elsewhere")])
    let lease = Duration.seconds(3)
    var options = consumerOptions(queue, "leaving", lease: lease)
    options.queues = ["elsewhere"]
    var leaving = isKnown ? try await queue.broker.consumer(options) : nil
    let heir = try await queue.broker.consumer(consumerOptions(queue, "heir", lease: lease))
    let taking = Task { try await take(1, from: heir) }
    try await Task.sleep(for: .milliseconds(300))  // its first tick is over
    let due = SystemWallClock().now().advanced(by: .seconds(1))

    if leaving == nil { leaving = try await queue.broker.consumer(options) }
    try await leaving?.schedule(Message(bytes: [1], queue: .default), due)
    leaving = nil

    #expect(try await taking.value == [1])
    // As long as a dead worker's messages may wait: one and a half leases.
    #expect(SystemWallClock().now() < due.advanced(by: lease * 3 / 2))
    await heir.close()
  }

  @Test func `a server that was away takes no loan from a worker that lives`() async throws {
    let server = try await RedisServer.start()
    let lost = Recorder<Loan>()
    var workers: [(any Consumer, [Delivery])] = []
    for number in 1...3 {
      let queue = try TaskQueue.redis(server.url)
      try await queue.broker.send([Message(bytes: [UInt8(number)], queue: .default)])
      var options = consumerOptions(queue, "worker\(number)", lease: .seconds(3))
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

  @Test func `a worker that dies in a place takes nothing from another in it`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send((1...4).map { Message(bytes: [$0], queue: .default) })
    try await leave(queue, taking: 2, instance: "worker.1")
    let lost = Recorder<Loan>()
    var options = consumerOptions(queue, "sibling")
    options.instance = "worker.1"
    options.onLost = { for loan in $0 { lost.add(loan) } }
    let sibling = try await queue.broker.consumer(options)
    let taken = try await sibling.take(upTo: 2)

    #expect(try await eventually { try await queue.broker.length(of: .default) == 2 })

    #expect(taken.map(\.bytes) == [[3], [4]])
    #expect(try await sibling.settle(taken.map { Settlement($0.loan, .acknowledge) }) == [])
    #expect(lost.all.isEmpty)
    #expect(try await take(2, from: sibling) == [1, 2])
    await sibling.close()
  }

  @Test func `what a dead worker had runs again within fifteen seconds`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let lease = Duration.seconds(10)
    // One that has nothing to do ticks every 13 s, unless it knows better.
    let heir = try await queue.broker.consumer(consumerOptions(queue, "heir", lease: lease))
    let other = QueueName("elsewhere")
    try await queue.broker.send([Message(bytes: [1], queue: other)])
    var options = consumerOptions(queue, "leaving", lease: lease)
    options.queues = [other]
    try await leave(options, taking: 1, of: queue)
    let death = ContinuousClock.now

    #expect(
      try await eventually(.seconds(20)) { try await queue.broker.length(of: other) == 1 })

    let time = death.duration(to: .now)
    print("figure: death of a worker to its message back, lease 10 s: \(time)")
    #expect(time < .seconds(15))
    await heir.close()
  }

  @Test func `two workers in one place of a supervisor are two`() async throws {
    let redis = try await ScriptBench()
    let queue = try TaskQueue.redis(redis.server.url)
    var options = consumerOptions(queue, "one", lease: .seconds(60))
    options.instance = "worker.1"
    let (one, other) = (
      try await queue.broker.consumer(options), try await queue.broker.consumer(options)
    )
    #expect(try await redis.workers().count == 2)
    try await queue.broker.send((0..<4).map { Message(bytes: [UInt8($0)], queue: .default) })

    let (first, second) = (try await one.take(upTo: 2), try await other.take(upTo: 2))

    #expect(try await one.settle(first.map { Settlement($0.loan, .acknowledge) }) == [])
    #expect(try await other.settle(second.map { Settlement($0.loan, .requeue) }) == [])
    #expect(try await redis("LLEN", "celery").integer == 2)
    await one.close()
    await other.close()
  }

  // A consumer that ends without a word, as its process would.
  private func leave(
    _ queue: TaskQueue, taking count: Int, lease: Duration = .seconds(1), instance: String? = nil
  ) async throws {
    var options = consumerOptions(queue, "leaving", lease: lease)
    options.instance = instance
    try await leave(options, taking: count, of: queue)
  }

  private func leave(
    _ options: ConsumerOptions, taking count: Int, of queue: TaskQueue
  ) async throws {
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

extension Consumer {
  /// Takes a message and lets another wait in its place.
  fileprivate func schedule(_ message: Message, _ due: Timestamp) async throws {
    let delivery = try await take(upTo: 1)[0]
    #expect(try await settle([Settlement(delivery.loan, .schedule(message, due: due))]) == [])
  }
}
