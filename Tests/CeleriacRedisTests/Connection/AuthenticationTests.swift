import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct AuthenticationTests {
  private func connection(
    _ url: String, _ events: Recorder<RedisConnectionEvent> = Recorder()
  ) throws -> RedisConnection {
    RedisConnection(
      RedisConfiguration(try RedisURL(url), clientName: "test"), on: try IOThread(),
      announce: events.add)
  }

  @Test func `a password opens the server`() async throws {
    let server = try await RedisServer.start(.tcp, password: "s3cret")
    let connection = try connection(server.url)

    #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
  }

  @Test(arguments: ["wrong", ""]) func `a wrong password is an error, once, and nothing spins`(
    _ password: String
  ) async throws {
    let server = try await RedisServer.start(password: "s3cret")
    let events = Recorder<RedisConnectionEvent>()
    let url = "unix://" + (password.isEmpty ? "" : ":\(password)@") + server.socketPath
    let connection = try connection(url, events)

    let error = try #require(
      await redisError { _ = try await connection.send(RedisCommand("PING")) })

    #expect(error.code == .refused)
    #expect(error.detail.hasPrefix(password.isEmpty ? "NOAUTH" : "WRONGPASS"), "\(error)")
    #expect(!"\(error)".contains("wrong@"))
    #expect(await Self.error(connection)?.code == .refused)
    #expect(events.all == [.gaveUp(error)])
    let operator_ = try self.connection(server.url)
    let info = try await operator_.send(RedisCommand("INFO", "stats")).text ?? ""
    let connections = info.split(separator: "\r\n").first {
      $0.hasPrefix("total_connections_received:")
    }
    // Two by the test's own probes at most, one refused, one to ask.
    #expect((connections?.split(separator: ":").last).flatMap { Int($0) } ?? 99 <= 8)
  }

  private static func error(_ connection: RedisConnection) async -> RedisError? {
    await redisError { _ = try await connection.send(RedisCommand("PING")) }
  }

  @Test func `a user of an access control list may do what the list says`() async throws {
    let server = try await RedisServer.start(users: ["ann on >p@ss ~celery* &* +@all -flushall"])
    let url = server.url(user: "ann", password: "p%40ss")
    let connection = try connection(url)

    #expect(try await connection.send(RedisCommand("ACL", "WHOAMI")).text == "ann")
    #expect(try await connection.send(RedisCommand("SET", "celery", "x")) == .status("OK"))
    let refusal = await redisError {
      _ = try await connection.send(RedisCommand("SET", "other", "x"))
    }
    #expect(refusal?.code == .errorReply)
    #expect(refusal?.detail.hasPrefix("NOPERM") == true)
  }

  @Test func `a user who may not say PING or CLIENT is served all the same`() async throws {
    let server = try await RedisServer.start(users: ["bo on >pw ~* +set +get"])
    let connection = try connection(server.url(user: "bo", password: "pw"))

    #expect(try await connection.send(RedisCommand("SET", "key", "x")) == .status("OK"))
    #expect(connection.clientID == nil)
  }

  @Test func `a database number is selected, again after a reconnect`() async throws {
    let server = try await RedisServer.start()
    let connection = try connection(server.url(database: 5))
    let zero = try self.connection(server.url)
    _ = try await connection.send(RedisCommand("SET", "key", "five"))
    let id = try #require(connection.clientID)

    _ = try await zero.send(RedisCommand("CLIENT", "KILL", "ID", id))
    #expect(try await eventually { connection.clientID.map { $0 != id } ?? false })

    #expect(try await connection.send(RedisCommand("GET", "key")).text == "five")
    #expect(try await zero.send(RedisCommand("GET", "key")) == .null)
  }

  @Test func `a database that does not exist is an error`() async throws {
    let server = try await RedisServer.start()
    let connection = try connection(server.url(database: 99))

    let error = await Self.error(connection)

    #expect(error?.code == .refused)
    #expect(error?.detail == "ERR DB index is out of range")
  }

  @Test func `the server knows the connection by its name`() async throws {
    let server = try await RedisServer.start()
    let connection = try connection(server.url)

    #expect(try await connection.send(RedisCommand("CLIENT", "GETNAME")).text == "test")
  }
}
