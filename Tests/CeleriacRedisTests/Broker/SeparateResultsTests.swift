import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// A consumer whose results are kept somewhere else than its messages.
@Suite(.timeLimit(.minutes(1)))
struct SeparateResultsTests {
  @Test func `a consumer that is closed stores no result either`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url, results: server.url(database: 1))
    try await queue.broker.send([Message(bytes: [1], queue: .default)])
    let consumer = try await queue.broker.consumer(consumerOptions(queue, "one"))
    let delivery = try await consumer.take(upTo: 1)[0]
    await consumer.close()

    let error = await #expect(throws: BrokerError.self) {
      try await consumer.settle([
        Settlement(delivery.loan, .acknowledge, result: .success("late"))
      ])
    }

    #expect(error?.code == .closed)
    #expect(try await queue.results.read("late") == nil)
    #expect(try await queue.broker.length(of: .default) == 1)
  }

  @Test func `a result that its store refuses keeps nobody's loan`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let store = ChoosyStore(store: try TaskQueue.redis(server.url(database: 1)).results)
    try await queue.broker.send((1...3).map { Message(bytes: [$0], queue: .default) })
    let consumer = try await queue.broker.consumer(
      ConsumerOptions(worker: "one@test", queues: [.default], results: store))
    let taken = try await consumer.take(upTo: 3)

    let settlements = zip(taken, ["a", "unwanted", "c"]).map { delivery, id in
      Settlement(delivery.loan, .acknowledge, result: .success(TaskID(id)))
    }
    #expect(try await consumer.settle(settlements) == [])

    #expect(try await store.read("a") != nil)
    #expect(try await store.read("unwanted") == nil)
    #expect(try await store.read("c") != nil)
    await consumer.close()
    #expect(try await queue.broker.length(of: .default) == 0)
  }
}

/// Keeps every result but one.
private struct ChoosyStore: ResultStore {
  let store: any ResultStore

  func store(_ write: ResultWrite) async throws(BrokerError) {
    guard write.id != "unwanted" else {
      throw BrokerError(.refused, detail: "not this one")
    }
    try await store.store(write)
  }

  func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord? { try await store.read(id) }

  func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value { try await store.follow(id, body) }

  func forget(_ id: TaskID) async throws(BrokerError) { try await store.forget(id) }
}

extension ResultWrite {
  fileprivate static func success(_ id: TaskID) -> ResultWrite {
    ResultWrite(
      id: id, state: .success, bytes: Array(#"{"status": "SUCCESS", "result": 1}"#.utf8),
      expiry: .seconds(60))
  }
}
