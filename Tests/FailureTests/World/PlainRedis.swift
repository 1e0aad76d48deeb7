import CeleriacRedis

/// An operator's connection to a Redis.
struct PlainRedis: Sendable {
  private let connection: RedisConnection

  init(_ url: String) throws {
    connection = RedisConnection(
      RedisConfiguration(try RedisURL(url), clientName: "operator"), on: try IOThread())
  }

  @discardableResult
  func callAsFunction(_ words: String...) async throws -> RedisReply {
    try await self(words)
  }

  @discardableResult
  func callAsFunction(_ words: [String]) async throws -> RedisReply {
    var batch = RedisBatch()
    batch.append(arguments: words.count) { writer in
      for word in words { writer.append(word) }
    }
    return try await connection.send(batch)[0].orThrow()
  }

  func keys(_ pattern: String) async throws -> [String] {
    try await self("KEYS", pattern).array?.compactMap(\.text) ?? []
  }

  func integer(_ words: String...) async throws -> Int {
    try await self(words).integer ?? 0
  }
}
