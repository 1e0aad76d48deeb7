package import CeleriacCore

/// A key that Celeriac uses, and the type that it has to have.
struct ExpectedKey {
  let name: String
  let type: String

  init(_ name: String, _ type: String) {
    self.name = name
    self.type = type
  }

  /// The keys in which a queue's messages wait.
  static func of(_ queue: QueueName) -> [ExpectedKey] {
    Keys.waiting(queue).map { ExpectedKey($0, "list") }
      + [ExpectedKey(Keys.scheduled(queue), "zset")]
  }

  /// The keys by which Celery's clients find a queue.
  static func bindings(of queue: QueueName) -> [ExpectedKey] {
    ["_kombu.binding.\(queue)", "_kombu.binding_permanent.\(queue)"].map { ExpectedKey($0, "set") }
  }

  /// The keys in which Celery's workers look for what is on loan.
  static let visible = [ExpectedKey("unacked", "hash"), ExpectedKey("unacked_index", "zset")]

  /// The keys that all workers share.
  static let common = [
    ExpectedKey(Keys.workers, "zset"), ExpectedKey(Keys.recovery, "hash"),
    ExpectedKey(Keys.dead, "stream"),
  ]
}

/// A key that is there already and is something else.
///
/// Another program uses the name, or somebody has set it by hand: Redis refuses whatever is asked of
/// it, and does not say which key it is.
package struct MisusedKey: Sendable, CustomStringConvertible {
  fileprivate let key: ExpectedKey
  fileprivate let found: String

  /// Looks at the types of the keys of queues and of those that all workers share.
  ///
  /// One round trip.
  package static func among(
    _ queues: [QueueName], over connection: RedisConnection
  ) async throws(RedisError) -> [MisusedKey] {
    try await among(queues.flatMap { ExpectedKey.of($0) } + ExpectedKey.common, connection)
  }

  static func among(
    _ keys: [ExpectedKey], _ connection: RedisConnection
  ) async throws(RedisError) -> [MisusedKey] {
    guard !keys.isEmpty else { return [] }
    var batch = RedisBatch()
    for key in keys { batch.append("TYPE", key.name) }
    return try await connection.send(batch).enumerated().compactMap { index, reply in
      guard let found = reply.text, found != "none", found != keys[index].type else { return nil }
      return MisusedKey(key: keys[index], found: found)
    }
  }

  /// One line: which key, what it is, and what to do.
  package var description: String {
    let (found, expected) = (Self.word(for: found), Self.word(for: key.type))
    return "key '\(Self.printable(key.name))' is a \(found) and has to be a \(expected): something "
      + "else uses the name; rename or delete that key, or take another queue"
  }

  private static func word(for type: String) -> String { type == "zset" ? "sorted set" : type }

  // The lists of priorities have control characters in their names.
  private static func printable(_ name: String) -> String {
    name.unicodeScalars.map { scalar in
      scalar.value < 0x20
        ? "\\x\(scalar.value < 0x10 ? "0" : "")\(String(scalar.value, radix: 16))"
        : String(scalar)
    }.joined()
  }
}

extension RedisConnection {
  /// The error itself; one that names the key where that is of another type than it has to be.
  func explain(_ refusal: RedisError, by keys: [ExpectedKey]) async -> RedisError {
    guard ServerRefusal.code(of: refusal.detail) == "WRONGTYPE" else { return refusal }
    do throws(RedisError) {
      guard let misused = try await MisusedKey.among(keys, self).first else { return refusal }
      return RedisError(.errorReply, refusal.subject, misused.description)
    } catch {
      // Why the server can't be asked now is not why it refused before.
      return refusal
    }
  }
}
