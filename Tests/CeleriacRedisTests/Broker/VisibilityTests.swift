import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

/// A consumer whose loans Celery's workers can see.
@Suite(.timeLimit(.minutes(1)))
struct VisibilityTests {
  private let server: RedisServer
  private let queue: TaskQueue
  private let bench: RawCommands
  private let lost = Recorder<Loan>()
  private let echo = RemoteTask<Int, Int>("echo")

  init() async throws {
    server = try await RedisServer.start()
    queue = try TaskQueue.redis(server.url)
    bench = try RawCommands(server)
  }

  private func consumer(timeout: Duration = .seconds(3600)) async throws -> any Consumer {
    var options = consumerOptions(queue, "one", lease: .seconds(10))
    options.visibility = .celery(timeout: timeout)
    options.onLost = { for loan in $0 { lost.add(loan) } }
    return try await queue.broker.consumer(options)
  }

  private func shown() async throws -> [String] {
    try await bench("HKEYS", "unacked").array?.compactMap(\.text) ?? []
  }

  @Test func `what is taken at once and what is waited for are shown until they end`()
    async throws
  {
    try await queue.send([echo.s(1), echo.s(2)])
    let consumer = try await consumer()
    var taken = try await consumer.take(upTo: 2)
    #expect(try await shown().count == 2)
    let waiting = Task { try await consumer.take(upTo: 1) }
    #expect(try await eventually { try await bench.waiting() == 4 })
    try await queue.send(echo.s(3))
    taken += try await waiting.value
    #expect(try await shown().count == 3)

    #expect(try await consumer.settle(taken.map { Settlement($0.loan, .acknowledge) }) == [])

    #expect(try await bench("EXISTS", "unacked", "unacked_index").integer == 0)
    await consumer.close()
    #expect(try await !bench.isBusy())
  }

  @Test func `what Celery's workers have restored is found out and cancelled`() async throws {
    try await queue.send([echo.s(1), echo.s(2)])
    let consumer = try await consumer(timeout: .seconds(1))
    let taken = try await consumer.take(upTo: 2)
    let fields = try await shown()

    for field in fields where field.hasSuffix(":\(taken[1].loan.batch):1") {
      try await bench("HDEL", "unacked", field)
    }

    #expect(try await lost.waits(.seconds(3)) { $0 == [taken[1].loan] })
    let settlements = taken.map { Settlement($0.loan, .acknowledge) }
    #expect(try await consumer.settle(settlements).lost == [taken[1].loan])
    #expect(try await eventually { try await !bench.isBusy() })
    await consumer.close()
  }

  @Test func `loans that run on are never too old`() async throws {
    try await queue.send(echo.s(1))
    let consumer = try await consumer(timeout: .seconds(1))
    let taken = try await consumer.take(upTo: 1)
    for _ in 1...20 {
      try await Task.sleep(for: .milliseconds(100))
      let now = try await bench("TIME").array?.compactMap(\.text).compactMap { Double($0) } ?? []
      let old = now[0] + now[1] / 1_000_000 - 1
      #expect(try await bench("ZCOUNT", "unacked_index", "-inf", "\(old)").integer == 0)
    }
    #expect(try await consumer.settle([Settlement(taken[0].loan, .acknowledge)]) == [])
    await consumer.close()
  }

  @Test func `a stop hands back what nobody has restored`() async throws {
    try await queue.send([echo.s(1), echo.s(2)])
    let consumer = try await consumer()
    _ = try await consumer.take(upTo: 2)
    try await bench("HDEL", "unacked", try await shown()[0])

    await consumer.close()

    #expect(try await bench("LLEN", "celery").integer == 1)
    #expect(try await shown() == [])
  }

  @Test func `something else under Celery's names is told at the start`() async throws {
    try await bench("SET", "unacked", "mine")

    let error = await #expect(throws: BrokerError.self) { _ = try await consumer() }

    #expect(error?.detail.contains("key 'unacked' is a string and has to be a hash") == true)
    #expect(try await bench("EXISTS", "celeriac:workers").integer == 0)
  }
}
