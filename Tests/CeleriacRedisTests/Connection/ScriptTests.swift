import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct ScriptTests {
  private static let count = RedisScript(
    "count", "return redis.call('INCRBY', KEYS[1], ARGV[1])")
  private static let echo = RedisScript("echo", "return ARGV[1]")

  @Test func `a digest is the one that Redis computes`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)

    for length in [0, 1, 55, 56, 63, 64, 65, 119, 120, 1000] {
      let script = RedisScript("test", "return 1 --" + String(repeating: "ü", count: length))
      let loaded = try await connection.send(RedisCommand("SCRIPT", "LOAD", script.source))
      #expect(loaded.text == script.digest)
    }
  }

  @Test func `a script that the server does not know is loaded and runs once`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)

    for round in 1...3 {
      let reply = try await connection.send(Self.count, keys: ["number"], 5)
      #expect(reply == .integer(5 * round))
      _ = try await connection.send(RedisCommand("SCRIPT", "FLUSH"))
    }
  }

  @Test func `unknown scripts of a batch run, and the rest of it runs once`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    var batch = RedisBatch()
    batch.append("INCR", "plain")
    batch.append(Self.count, keys: ["number"], 2)
    batch.append("INCR", "plain")
    batch.append(Self.echo, keys: [], "hello")
    batch.append(Self.count, keys: ["number"], 3)

    for round in 1...2 {
      let replies = try await connection.send(batch)

      #expect(
        replies == [
          .integer(2 * round - 1), .integer(5 * round - 3), .integer(2 * round),
          .bytes(Array("hello".utf8)), .integer(5 * round),
        ])
    }
  }

  @Test func `a script that is forgotten again and again runs once for each call`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    let other = try connect(to: server)
    let forgetting = Task {
      while !Task.isCancelled { _ = try await other.send(RedisCommand("SCRIPT", "FLUSH")) }
    }

    for number in 1...2000 {
      #expect(try await connection.send(Self.count, keys: ["number"], 1) == .integer(number))
    }

    forgetting.cancel()
    _ = await forgetting.result
  }

  @Test func `a script's own error is an error reply`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    let broken = RedisScript("broken", "return redis.error_reply('MINE is broken')")

    let error = await redisError { _ = try await connection.send(broken, keys: []) }

    #expect(error?.code == .errorReply)
    #expect(error?.detail == "MINE is broken")
  }
}
