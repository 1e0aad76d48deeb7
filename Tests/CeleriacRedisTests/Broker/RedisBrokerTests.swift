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

  private func subject(_ queue: TaskQueue) -> BrokerUnderTest {
    BrokerUnderTest(broker: queue.broker, results: queue.results, clock: queue.clock) {
      try await Task.sleep(for: $0)
    }
  }
}
