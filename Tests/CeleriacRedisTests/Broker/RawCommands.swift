import CeleriacCore
import TestSupport

@testable import CeleriacRedis

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

/// What a consumer of the default queue tells its broker.
func consumerOptions(
  _ queue: TaskQueue, _ name: String, lease: Duration = .seconds(1)
) -> ConsumerOptions {
  ConsumerOptions(
    worker: "\(name)@test", queues: [.default], results: queue.results, lease: lease)
}
