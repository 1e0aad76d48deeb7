import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct TimeoutTests {
  @Test func `a slow server is an error, and the connection survives it`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    let id = try #require(connection.clientID)

    let error = await redisError {
      _ = try await connection.send(
        RedisCommand("DEBUG", "SLEEP", "0.5"), within: .limit(.milliseconds(100)))
    }

    #expect(error?.code == .timedOut)
    #expect(error?.effect == .unknown)
    #expect(try await connection.send(RedisCommand("ECHO", "next")).text == "next")
    #expect(connection.clientID == id)
  }

  @Test func `a server that falls silent is left, and found again`() async throws {
    let server = try await RedisServer.start()
    let events = Recorder<RedisConnectionEvent>()
    let connection = try connect(
      to: server, commandTimeout: .milliseconds(300), announce: events.add)
    _ = try await connection.send(RedisCommand("PING"))

    server.pause()
    let error = await redisError { _ = try await connection.send(RedisCommand("PING")) }
    #expect(try await events.waits { $0.count == 2 })
    server.resume()

    #expect(error?.effect == .unknown)
    #expect(
      try await connection.send(RedisCommand("PING"), within: .limit(.seconds(4)))
        == .status("PONG"))
    #expect(events.all.last == .connected)
  }

  @Test func `a socket that never answers is an error that says so`() async throws {
    let listener = try Listener(.tcp)
    let url = RedisURL(.tcp(host: "127.0.0.1", port: listener.port))
    let events = Recorder<RedisConnectionEvent>()
    let configuration = RedisConfiguration(
      url, commandTimeout: .milliseconds(600), attemptTimeout: .milliseconds(200))
    let connection = RedisConnection(configuration, on: try IOThread(), announce: events.add)

    let start = ContinuousClock.now
    let error = try #require(
      await redisError { _ = try await connection.send(RedisCommand("PING")) })

    #expect(error.code == .timedOut)
    #expect(error.effect == .none)
    #expect(error.detail.contains("no connection within 0.2 seconds"), "\(error)")
    #expect((.milliseconds(600)...Duration.seconds(10)).contains(start.duration(to: .now)))
    #expect(events.all.count == 1)
  }

  @Test func `a port that nobody listens on is an error that says so`() async throws {
    let url = RedisURL(.tcp(host: "localhost", port: try FreePort.find()))
    let configuration = RedisConfiguration(url, commandTimeout: .milliseconds(300))
    let connection = RedisConnection(configuration, on: try IOThread())

    let error = try #require(
      await redisError { _ = try await connection.send(RedisCommand("PING")) })

    #expect(error.effect == .none)
    #expect(error.description.contains("Connection refused"), "\(error)")
    #expect(error.description.contains(url.description), "\(error)")
  }

  @Test func `a host that does not exist is an error that says so`() async throws {
    let url = RedisURL(.tcp(host: "redis.invalid", port: 6379))
    let events = Recorder<RedisConnectionEvent>()
    let connection = RedisConnection(
      RedisConfiguration(url, attemptTimeout: .seconds(20)), on: try IOThread(),
      announce: events.add)

    #expect(try await events.waits(.seconds(30)) { $0.count == 1 })

    guard case .lost(let error) = events.all.first else {
      Issue.record("unexpected: \(events.all)")
      return
    }
    #expect(error.detail.hasPrefix("cannot find 'redis.invalid'"), "\(error)")
    connection.close()
  }

  @Test func `names are looked up without the thread of the timers`() async throws {
    let server = try await RedisServer.start(.tcp)
    let port = try #require(server.port)
    let url = RedisURL(.tcp(host: "localhost", port: port))
    let connection = RedisConnection(RedisConfiguration(url), on: try IOThread())

    #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
  }

  @Test func `every command of a burst has its deadline`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    server.pause()

    let codes = await withTaskGroup(of: RedisError.Code?.self) { group in
      for number in 0..<1000 {
        group.addTask {
          await redisError {
            _ = try await connection.send(
              RedisCommand("GET", "key"), within: .limit(.milliseconds(50 + number % 100)))
          }?.code
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    server.resume()

    #expect(codes.count == 1000)
    #expect(codes.allSatisfy { $0 == .timedOut })
    #expect(try await connection.send(RedisCommand("ECHO", "x")).text == "x")
  }
}
