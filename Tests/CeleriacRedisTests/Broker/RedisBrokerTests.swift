import BrokerConformance
import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RedisBrokerTests {
  @Test(arguments: BrokerPromise.all)
  func `the broker on Redis keeps what brokers promise`(_ promise: BrokerPromise) async throws {
    let server = try await RedisServer.start()

    try await promise.check(on: subject(.redis(server.url)))
  }

  @Test(arguments: BrokerPromise.all)
  func `and so it does with its results elsewhere`(_ promise: BrokerPromise) async throws {
    let server = try await RedisServer.start()

    try await promise.check(
      on: subject(.redis(server.url, results: server.url(database: 1))))
  }

  @Test(arguments: BrokerPromise.all)
  func `and so it does where Celery's workers see its loans`(
    _ promise: BrokerPromise
  ) async throws {
    let server = try await RedisServer.start()
    var subject = subject(try .redis(server.url))
    subject.visibility = .celery

    try await promise.check(on: subject)
  }

  @Test func `calls for several lists are sent all or none, whichever list refuses`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let redis = RedisConnection(RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    let add = RemoteTask<Int, Int, Int>("add")
    let names: [QueueName] = ["first", "second", "third"]
    let calls = names.flatMap { name in (0..<3).map { add.s($0, 1).on(queue: name) } }
    try await queue.send(add.s(0, 0).on(queue: "first"))

    for name in names.dropFirst() {
      _ = try await redis.send(RedisCommand("SET", name.rawValue, "mine"))

      let error = await #expect(throws: BrokerError.self) { try await queue.send(calls) }

      #expect(error?.detail.contains("key '\(name)' is a string and has to be a list") == true)
      #expect(try await redis.send(RedisCommand("LLEN", "first")).integer == 1, "as before")
      #expect(try await redis.send(RedisCommand("EXISTS", "second", "third")).integer == 1)
      _ = try await redis.send(RedisCommand("DEL", name.rawValue))
    }
    try await queue.send(calls)
    #expect(try await redis.send(RedisCommand("LLEN", "first")).integer == 4)
    #expect(try await redis.send(RedisCommand("LLEN", "third")).integer == 3)
  }

  private func subject(_ queue: TaskQueue) -> BrokerUnderTest {
    BrokerUnderTest(broker: queue.broker, results: queue.results, clock: queue.clock) {
      try await Task.sleep(for: $0)
    }
  }
}
