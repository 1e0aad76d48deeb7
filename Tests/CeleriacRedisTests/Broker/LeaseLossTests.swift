import CeleriacCore
import Logging
import TestSupport
import Testing

@testable import CeleriacRedis

/// What a consumer says when the server denies that it has a lease.
@Suite(.timeLimit(.minutes(1)))
struct LeaseLossTests {
  private let lines = Recorder<String>()
  private let lost = Recorder<Loan>()

  private var logger: Logger {
    var logger = Logger(label: "redis") { _ in LineRecorder(lines: lines) }
    logger.logLevel = .info
    return logger
  }

  private func consumer(on server: RedisServer) async throws -> any Consumer {
    let queue = try TaskQueue.redis(server.url, logger: logger)
    var options = ConsumerOptions(
      worker: "w@test", queues: [.default], results: queue.results, lease: .seconds(3))
    options.onLost = { for loan in $0 { lost.add(loan) } }
    return try await queue.broker.consumer(options)
  }

  @Test func `a server that lost its data is said to have, once, and loudly only with loans`()
    async throws
  {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let consumer = try await consumer(on: server)

    try await bench("FLUSHALL")
    #expect(try await lines.waits { $0.count == 1 })
    #expect(try await eventually { try await bench("ZCARD", "celeriac:workers").integer == 1 })
    #expect(lines.all[0].hasPrefix("notice lease lost; starting anew"))
    #expect(lines.all[0].contains("it has lost its data, or was emptied"))

    try await bench("LPUSH", "celery", "message")
    _ = try await consumer.take(upTo: 1)
    try await bench("FLUSHALL")
    #expect(try await lines.waits { $0.count == 2 })
    #expect(try await eventually { try await bench("ZCARD", "celeriac:workers").integer == 1 })
    try await Task.sleep(for: .seconds(1.5))  // another tick

    #expect(lines.all.count == 2)
    #expect(lines.all[1].hasPrefix("warning lease lost: the tasks under it are cancelled"))
    #expect(lost.all.count == 1)
    await consumer.close()
  }

  @Test func `a lease that another worker has recovered is said to be`() async throws {
    let server = try await RedisServer.start()
    let bench = try RawCommands(server)
    let consumer = try await consumer(on: server)
    let worker = try #require(
      try await bench("ZRANGE", "celeriac:workers", "0", "0").array?.first?.text)

    // What the recovery by another worker leaves.
    try await bench("HDEL", "celeriac:loans:\(worker)", "live")

    #expect(try await lines.waits { $0.contains { $0.contains("another worker has taken over") } })
    #expect(lines.all.count == 1)
    await consumer.close()
  }
}

private struct LineRecorder: LogHandler {
  let lines: Recorder<String>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.info

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    lines.add("\(event.level) \(event.message) \(event.metadata ?? [:])")
  }
}
