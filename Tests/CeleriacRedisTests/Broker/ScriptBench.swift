import CeleriacCore
import TestSupport

@testable import CeleriacRedis

/// A Redis of its own, to call scripts on and to look at what they leave.
struct ScriptBench {
  let server: RedisServer
  let connection: RedisConnection

  init(options: [String] = []) async throws {
    server = try await RedisServer.start(options: options)
    connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
  }

  /// Sends a command given as words.
  @discardableResult
  func callAsFunction(_ words: String...) async throws -> RedisReply {
    var batch = RedisBatch()
    batch.append(arguments: words.count) { writer in
      for word in words { writer.append(word) }
    }
    return try await connection.send(batch)[0].orThrow()
  }

  /// The workers that have a lease, or had one.
  func workers() async throws -> [String] {
    try await self("ZRANGE", Keys.workers, "0", "-1").array?.compactMap(\.text) ?? []
  }

  func run(
    _ script: RedisScript, _ keys: [String], _ arguments: String...
  ) async throws -> RedisReply {
    try await connection.send(script, keys: keys, Each(arguments))
  }

  /// The messages of a list, the next to be taken first.
  func list(_ key: String) async throws -> [String] {
    try await self("LRANGE", key, "0", "-1").array?.compactMap(\.text).reversed() ?? []
  }

  func register(
    _ worker: String, lease: Int = 60_000, instance: String = "", queues: [String] = ["q"],
    isVisible: Bool = false
  ) async throws {
    var arguments = [worker, "\(lease)", "\(worker)@test", instance, isVisible ? "1" : ""]
    arguments += queues
    _ = try await connection.send(
      .register, keys: [Keys.workers, Keys.loans(worker)], Each(arguments))
  }

  func take(
    _ count: Int, for worker: String, batch: Int, from lists: [String] = ["q"],
    waitingIn waiting: [Int] = [0]
  ) async throws -> RedisReply {
    try await connection.send(
      .take, keys: [Keys.loans(worker)] + lists, worker, count, batch, Each(waiting))
  }

  /// Takes suspects, all those of a crash together, or those of `apart` lists one by one.
  func takeSuspects(
    _ count: Int, for worker: String, batch: Int, from counts: [Int], apart: Int = 0
  ) async throws -> [[String]] {
    let keys = counts.map { Keys.suspects($0, "q") }
    let reply = try await connection.send(
      .takeSuspects, keys: [Keys.loans(worker)] + keys, worker, count, batch, apart)
    return reply.array?.map { list in
      list.array?.map { $0.integer.map { "\($0)" } ?? $0.text ?? "?" } ?? []
    } ?? []
  }

  func settle(_ worker: String, _ settlements: [String]...) async throws -> [Int] {
    try await connection.send(
      .settle, keys: [Keys.loans(worker), Keys.dead], worker,
      RedisScript.tombstone(of: worker), Each(settlements.flatMap(\.self))
    ).array?.compactMap(\.integer) ?? []
  }

  /// Settles, and tells by place why a settlement is refused.
  func settleRefused(_ worker: String, _ settlements: [String]...) async throws -> [Int: String] {
    let reply = try await connection.send(
      .settle, keys: [Keys.loans(worker), Keys.dead], worker,
      RedisScript.tombstone(of: worker), Each(settlements.flatMap(\.self)))
    var refused: [Int: String] = [:]
    for pair in reply.array?.compactMap(\.array) ?? [] {
      if let place = pair.first?.integer { refused[place] = pair.last?.text }
    }
    return refused
  }

  /// What a tick says, but for the ends of leases.
  func tick(
    _ worker: String, lease: Int = 60_000, reclaim: [String] = [], forget: [String] = [],
    queues: [String] = ["q"], renewed: Int = 0
  ) async throws -> [Int] {
    try await wholeTick(
      worker, lease: lease, reclaim: reclaim, forget: forget, queues: queues, renewed: renewed
    ).dropLast(2)
  }

  func wholeTick(
    _ worker: String, lease: Int = 60_000, reclaim: [String] = [], forget: [String] = [],
    queues: [String] = ["q"], renewed: Int = 0
  ) async throws -> [Int] {
    try await connection.send(
      .tick, keys: [Keys.workers, Keys.loans(worker), Keys.recovery], worker, lease,
      renewed, reclaim.count, forget.count, Each(reclaim), Each(forget), Each(queues)
    ).array?.compactMap(\.integer) ?? []
  }

  func release(_ worker: String = "", instance: String = "") async throws -> Int? {
    try await run(.release, [Keys.workers], worker, instance).integer
  }

  /// Lets a worker's lease be over.
  func expire(_ worker: String) async throws {
    try await self("ZADD", Keys.workers, "1", worker)
  }
}
