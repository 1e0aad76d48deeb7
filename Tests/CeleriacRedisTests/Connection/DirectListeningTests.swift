import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// Callers that listen to a channel with the subscriber's link themselves.
@Suite(.timeLimit(.minutes(1)))
struct DirectListeningTests {
  private let server: RedisServer
  private let store: RedisResultStore
  private let worker: RedisResultStore

  init() async throws {
    server = try await RedisServer.start()
    let url = try RedisURL(server.url)
    store = try RedisResultStore(url)
    worker = try RedisResultStore(url)
  }

  @Test func `a caller that is alone listens by itself`() async throws {
    try await lend()

    for number in 1...100 {
      #expect(try await wait(for: TaskID("alone.\(number)")) == "\(number)")
    }
  }

  @Test func `a result that is there already is read`() async throws {
    try await lend()
    try await publish(TaskID("early"), "1")

    let channel = try #require(store.subscriber.listenDirectly(to: "another"))
    channel.end()

    #expect(try await follow(TaskID("early")) == "1")
  }

  @Test func `a result that is late comes by way of the thread`() async throws {
    try await lend()
    let late = Task { try await follow(TaskID("late")) }
    #expect(try await eventually { !store.subscriber.loan.isLent })

    try await publish(TaskID("late"), "1")

    #expect(try await late.value == "1")
    #expect(try await wait(for: TaskID("next.2")) == "2")
  }

  @Test func `callers that overlap all get their results`() async throws {
    try await lend()

    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<8 {
        group.addTask {
          var wrong = 0
          for number in 0..<200 {
            let id = TaskID("\(caller).\(number)")
            if try await wait(for: id) != "\(number)" { wrong += 1 }
            // Now and then all but one rest, and that one gets the link.
            if number.isMultiple(of: 20 + caller) { try await Task.sleep(for: .milliseconds(3)) }
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }

    #expect(wrong == 0)
  }

  @Test func `a connection that ends while its link is lent is made again`() async throws {
    try await lend()
    let operatorsURL = try RedisURL(server.url)
    let operators = RedisConnection(RedisConfiguration(operatorsURL), on: try IOThread())

    for number in 1...5 {
      _ = try await operators.send(RedisCommand("CLIENT", "KILL", "TYPE", "pubsub"))
      #expect(try await wait(for: TaskID("again.\(number)")) == "\(number)")
      try await lend()
    }
  }

  @Test func `a link that nobody uses goes back to its thread`() async throws {
    try await lend()

    #expect(try await eventually { !store.subscriber.loan.isLent })
    #expect(try await wait(for: TaskID("after.1")) == "1")
  }

  // Until callers that come one by one have proven that they do.
  private func lend() async throws {
    #expect(
      try await eventually(every: .zero) {
        _ = try await wait(for: TaskID("proof.1"))
        return store.subscriber.loan.isLent
      })
  }

  /// Waits for a result that is published meanwhile; its text is what stands behind the id's point.
  private func wait(for id: TaskID) async throws -> String {
    let text = String(id.rawValue.split(separator: ".").last ?? "")
    async let published: Void = publish(id, text)
    let value = try await follow(id)
    try await published
    return value
  }

  private func publish(_ id: TaskID, _ text: String) async throws {
    let record =
      #"{"status": "SUCCESS", "result": \#(text), "traceback": null, "children": [], "task_id": ""#
      + id.rawValue + #""}"#
    try await worker.store(
      ResultWrite(id: id, state: .success, bytes: Array(record.utf8), expiry: .seconds(60)))
  }

  private func follow(_ id: TaskID) async throws -> String {
    try await store.follow(id) { record in
      record.state.isFinal ? String(decoding: record.bytes[record.value], as: UTF8.self) : nil
    }
  }
}
