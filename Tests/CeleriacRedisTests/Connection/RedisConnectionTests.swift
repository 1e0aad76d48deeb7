import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RedisConnectionTests {
  @Test func `a command gets its reply`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)

    let stored = try await connection.send(RedisCommand("SET", "name", "Ada"))
    let read = try await connection.send(RedisCommand("GET", "name"))

    #expect(stored == .status("OK"))
    #expect(read == .bytes(Array("Ada".utf8)))
  }

  @Test func `replies come in the order of the commands`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    var batch = RedisBatch()
    for number in 1...1000 {
      batch.append("RPUSH", "list", number)
      batch.append("ECHO", "\(number)")
    }

    let replies = try await connection.send(batch)

    for number in 1...1000 {
      #expect(replies[2 * number - 2] == .integer(number))
      #expect(replies[2 * number - 1].text == "\(number)")
    }
  }

  @Test func `ten thousand tasks share one connection`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)

    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for number in 0..<10_000 {
        group.addTask {
          let reply = try await connection.send(RedisCommand("ECHO", number))
          return reply.text == "\(number)" ? 0 : 1
        }
      }
      return try await group.reduce(0, +)
    }

    #expect(wrong == 0)
  }

  @Test func `every kind of reply arrives`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    var batch = RedisBatch()
    batch.append("GET", "missing")
    batch.append("SET", "key", [0, 13, 10, 255] as [UInt8])
    batch.append("GET", "key")
    batch.append("INCRBY", "number", -9_223_372_036_854_775_807)
    batch.append("LPUSH", "key", "x")
    batch.append("EVAL", "return {1, {'a', false}, {}}", 0)

    let replies = try await connection.send(batch)

    #expect(replies[0] == .null)
    #expect(replies[1] == .status("OK"))
    #expect(replies[2] == .bytes([0, 13, 10, 255]))
    #expect(replies[3] == .integer(-9_223_372_036_854_775_807))
    guard case .error(let line) = replies[4] else {
      Issue.record("no error: \(replies[4])")
      return
    }
    #expect(line.hasPrefix("WRONGTYPE"))
    #expect(
      replies[5]
        == .array([.integer(1), .array([.bytes(Array("a".utf8)), .null]), .array([])]))
  }

  @Test func `large values pass in both directions`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    let value = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var batch = RedisBatch()
    for number in 0..<8 { batch.append("SET", "large\(number)", value) }
    for number in 0..<8 { batch.append("GET", "large\(number)") }

    let replies = try await connection.send(batch, within: .limit(.seconds(30)))

    #expect(replies.dropFirst(8).allSatisfy { $0 == .bytes(value) })
  }
}

/// A connection to a test's server, on a thread of its own.
func connect(
  to server: RedisServer, commandTimeout: Duration = .seconds(5),
  announce: @escaping @Sendable (RedisConnectionEvent) -> Void = { _ in }
) throws -> RedisConnection {
  let url = try RedisURL(server.url)
  return RedisConnection(
    RedisConfiguration(url, commandTimeout: commandTimeout), on: try IOThread(),
    announce: announce)
}
