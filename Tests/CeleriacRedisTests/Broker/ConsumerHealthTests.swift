import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// What an idle consumer knows of its server.
@Suite(.timeLimit(.minutes(1)))
struct ConsumerHealthTests {
  private let health = Recorder<BrokerHealth>()

  // A consumer that waits at its lists, and the task in which it does.
  private func idle(
    on server: RedisServer
  ) async throws -> (consumer: any Consumer, taking: Task<[Delivery], any Error>) {
    let queue = try TaskQueue.redis(server.url)
    var options = ConsumerOptions(
      worker: "w@test", queues: [.default], results: queue.results, lease: .seconds(3))
    options.onHealth = health.add
    let consumer = try await queue.broker.consumer(options)
    let taking = Task {
      while true {
        do {
          return try await consumer.take(upTo: 1)
        } catch is BrokerError {
          try await Task.sleep(for: .milliseconds(50))
        }
      }
    }
    return (consumer, taking)
  }

  private var isFailing: Bool {
    if case .failing = health.all.last { true } else { false }
  }

  @Test func `an outage is known at once, and its end`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let (consumer, taking) = try await idle(on: server)
    #expect(try await eventually { try await bench.waiting() == 4 })
    #expect(health.all.isEmpty, "what is well from the start is not told")

    server.kill()
    #expect(try await eventually(.seconds(1)) { isFailing })
    try await server.restart()

    #expect(try await eventually(.seconds(2)) { health.all.last == .serving })
    #expect(health.all.count == 2)
    taking.cancel()
    await consumer.close()
    #expect(health.all.count == 2, "an end is no outage")
  }

  @Test func `a connection that is cut for a moment is told of twice`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let (consumer, taking) = try await idle(on: server)
    #expect(try await eventually { try await bench.waiting() == 4 })

    try await bench.cut("celeriac-worker")

    #expect(try await eventually(.seconds(2)) { health.all.count == 2 })
    #expect(health.all.last == .serving)
    taking.cancel()
    await consumer.close()
  }

  @Test func `a key of the wrong type is named, and nobody spins`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    try await bench("SET", "celery", "mine")
    let (consumer, taking) = try await idle(on: server)

    #expect(try await eventually { isFailing })
    guard case .failing(let error) = health.all.last else { return }
    #expect(error.code == .refused)
    #expect(error.detail.contains("key 'celery' is a string and has to be a list"))
    #expect(error.detail.contains("rename or delete"))
    try await bench("DEL", "celery")
    #expect(try await eventually(.seconds(2)) { health.all.last == .serving })
    taking.cancel()
    await consumer.close()
  }

  @Test func `a list of the wrong type holds up no other`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let queue = try TaskQueue.redis(server.url)
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    try await bench("SET", "celery\u{6}\u{16}3", "mine")

    let (consumer, taking) = try await idle(on: server)

    #expect(try await taking.value.map(\.bytes) == [[1]])
    await consumer.close()
  }

  @Test func `a schedule of the wrong type is told of once, not once a second`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let (consumer, taking) = try await idle(on: server)
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await bench("SET", "celeriac:scheduled:celery", "mine")

    #expect(try await eventually { isFailing })
    try await Task.sleep(for: .seconds(2))  // two more ticks

    #expect(health.all.count == 1)
    try await bench("DEL", "celeriac:scheduled:celery")
    #expect(try await eventually(.seconds(3)) { health.all.last == .serving })
    taking.cancel()
    await consumer.close()
  }

  @Test func `a password that is changed under way is told of as such`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let (consumer, taking) = try await idle(on: server)
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await bench("CONFIG", "SET", "requirepass", "new")

    for name in ["celeriac-worker", "celeriac-wait"] { try await bench.cut(name) }

    #expect(
      try await health.waits { told in
        told.contains { if case .failing(let error) = $0 { error.code == .refused } else { false } }
      })
    #expect(health.all.count == 2, "gone, then refused; not once for each attempt")
    taking.cancel()
    await consumer.close()
  }
}
