import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// One consumer behind the proxy, where a request or its answer is lost.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ConsumerTests {
  private let server: RedisServer
  private let proxy: Proxy
  /// Through the proxy.
  private let queue: TaskQueue
  private let redis: PlainRedis
  private let lost = Recorder<Loan>()

  init() async throws {
    server = try await RedisServer.start()
    proxy = try Proxy(to: server.socketPath)
    queue = try TaskQueue.redis(proxy.url)
    redis = try PlainRedis(server.url)
  }

  private func consumer() async throws -> any Consumer {
    var options = ConsumerOptions(
      worker: "one@test", queues: [.default], results: queue.results, lease: .seconds(3))
    options.onLost = { [lost] loans in for loan in loans { lost.add(loan) } }
    return try await queue.broker.consumer(options)
  }

  @Test(arguments: [Fault.Point.beforeCommand, .beforeReply])
  func `a message that comes while nobody waits goes back, whatever is lost`(
    _ point: Fault.Point
  ) async throws {
    let consumer = try await consumer()
    let idle = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { proxy.plan.counts[.wait, default: 0] >= 4 })
    idle.cancel()
    _ = await idle.result
    try await Task.sleep(for: .milliseconds(100))  // the end of the take looks for what has come
    let fault = Fault.cut(point, of: .requeue)
    proxy.plan.arm([fault])

    try await redis("LPUSH", "celery", "message")
    #expect(try await eventually { proxy.plan.struck == [fault] })
    try await Task.sleep(for: .milliseconds(200))  // the worker hears of it

    #expect(try await eventually(.seconds(5)) { try await redis.integer("LLEN", "celery") == 1 })
    let delivery = try await consumer.take(upTo: 1)[0]
    #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
    try await Task.sleep(for: .seconds(1.5))  // the hand-back is asked for again
    #expect(try await redis.integer("LLEN", "celery") == 0)
    await consumer.close()
  }

  @Test func `one that runs apart stays alone until its end is answered`() async throws {
    try await redis("LPUSH", "celeriac:suspects:2:celery", "s1", "s2")
    let consumer = try await consumer()
    let first = try await consumer.take(upTo: 1)[0]
    #expect(first.bytes == Array("s1".utf8))
    let end = Settlement(first.loan, .acknowledge)
    proxy.plan.arm([.cut(.beforeReply, of: .acknowledge)])
    await #expect(throws: BrokerError.self) { try await consumer.settle([end]) }
    let next = Recorder<[UInt8]>()
    let taking = Task {
      while next.all.isEmpty {
        // The connection may still be on its way back.
        for delivery in (try? await consumer.take(upTo: 1)) ?? [] { next.add(delivery.bytes) }
      }
    }

    try await Task.sleep(for: .seconds(1.5))  // a tick, and time enough to take what it may not
    #expect(next.all.isEmpty)
    _ = try await consumer.settle([end])

    #expect(try await next.waits { $0 == [Array("s2".utf8)] })
    await taking.value
    await consumer.close()
  }

  @Test func `connections that die without a word cost no lease, however short`() async throws {
    let consumer = try await consumer()
    let neighbour = try await TaskQueue.redis(server.url).broker.consumer(
      ConsumerOptions(
        worker: "two@test", queues: ["other"], results: queue.results, lease: .seconds(3)))
    try await redis("LPUSH", "celery", "message")
    let delivery = try await consumer.take(upTo: 1)[0]

    proxy.silenceAll()
    try await Task.sleep(for: .seconds(5))  // longer than the lease

    #expect(lost.all.isEmpty)
    #expect(try await consumer.settle([Settlement(delivery.loan, .acknowledge)]) == [])
    await consumer.close()
    await neighbour.close()
  }
}
