import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct ReconnectTests {
  @Test func `commands work within two seconds of a killed server's return`() async throws {
    let server = try await RedisServer.start()
    let events = Recorder<RedisConnectionEvent>()
    let connection = try connect(to: server, announce: events.add)
    _ = try await connection.send(RedisCommand("SET", "key", "kept"))

    server.kill()
    #expect(try await events.waits { $0.count == 2 })
    try await Task.sleep(for: .seconds(3))  // long enough for the waits to reach their cap
    try await server.restart()
    let back = ContinuousClock.now
    let reply = try await connection.send(RedisCommand("GET", "key"))

    #expect(back.duration(to: .now) < .seconds(2))
    #expect(reply.text == "kept")
    let all = events.all
    #expect(all.count == 3, "one event per change, not per attempt: \(all)")
    #expect(all.first == .connected)
    #expect(all.last == .connected)
  }

  @Test func `a connection may be made before its server`() async throws {
    let server = try await RedisServer.start()
    server.stop()
    let events = Recorder<RedisConnectionEvent>()
    let connection = try connect(to: server, announce: events.add)

    async let reply = connection.send(RedisCommand("PING"))
    #expect(try await events.waits { $0.count == 1 })
    try await server.restart()

    #expect(try await reply == .status("PONG"))
    #expect(events.all.count == 2)
    #expect(events.all.last == .connected)
  }

  @Test func `what was written and not answered fails and is not sent twice`() async throws {
    let server = try await RedisServer.start(.tcp)
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    server.pause()
    let counted = Task {
      try await connection.send(RedisCommand("INCR", "counter"), within: .unlimited)
    }
    try await Task.sleep(for: .milliseconds(200))  // nothing shows that it was written

    server.kill()

    let error = try #require(await redisError { _ = try await counted.value })
    #expect(error.code == .connectionLost)
    #expect(error.effect == .unknown)
    try await server.restart()
    #expect(try await connection.send(RedisCommand("GET", "counter")) == .null)
  }

  @Test func `a connection that another client kills comes back`() async throws {
    let server = try await RedisServer.start()
    let victim = try connect(to: server)
    let killer = try connect(to: server)
    _ = try await victim.send(RedisCommand("PING"))
    let id = try #require(victim.clientID)

    let killed = try await killer.send(RedisCommand("CLIENT", "KILL", "ID", id))

    #expect(killed == .integer(1))
    #expect(try await eventually { victim.clientID != id && victim.clientID != nil })
    #expect(try await victim.send(RedisCommand("PING")) == .status("PONG"))
  }

  @Test func `a server that loads its data is waited for`() async throws {
    let server = try await RedisServer.start(options: ["--key-load-delay", "2000"])
    let connection = try connect(to: server)
    var batch = RedisBatch()
    for number in 0..<500 { batch.append("SET", "key\(number)", "value") }
    _ = try await connection.send(batch)

    server.kill()
    // What is written to a connection of which nobody knows yet that it has ended is not sent again.
    #expect(try await eventually { connection.clientID == nil })
    try server.launch()
    let reply = try await connection.send(
      RedisCommand("DBSIZE"), within: .limit(.seconds(20)))

    #expect(reply == .integer(500))
  }

  @Test func `a replica is waited for until it is a primary`() async throws {
    let server = try await RedisServer.start()
    let events = Recorder<RedisConnectionEvent>()
    let connection = try connect(to: server, announce: events.add)
    let operator_ = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    _ = try await operator_.send(RedisCommand("REPLICAOF", "127.0.0.1", 1))

    async let stored = connection.send(RedisCommand("SET", "key", "value"))
    #expect(try await events.waits { $0.count == 2 })
    try await Task.sleep(for: .milliseconds(500))  // attempts go on without a word
    #expect(events.all.count == 2)
    _ = try await operator_.send(RedisCommand("REPLICAOF", "NO", "ONE"))

    #expect(try await stored == .status("OK"))
    #expect(events.all.last == .connected)
  }

  @Test func `two hundred blocked connections share one thread`() async throws {
    let server = try await RedisServer.start()
    let thread = try IOThread()
    let url = try RedisURL(server.url)
    let pusher = RedisConnection(RedisConfiguration(url), on: thread)
    let blocked = (0..<200).map { _ in RedisConnection(RedisConfiguration(url), on: thread) }

    let taken = try await withThrowingTaskGroup(of: Int.self) { group in
      for connection in blocked {
        group.addTask {
          let command = RedisCommand("BLMOVE", "queue", "loans", "RIGHT", "LEFT", 0)
          let reply = try await connection.send(command, within: .unlimited)
          return reply.bytes == nil ? 0 : 1
        }
      }
      for number in 0..<200 { _ = try await pusher.send(RedisCommand("LPUSH", "queue", number)) }
      return try await group.reduce(0, +)
    }

    #expect(taken == 200)
    #expect(try await pusher.send(RedisCommand("LLEN", "loans")) == .integer(200))
  }

  @Test func `a blocked connection can be unblocked by its number`() async throws {
    let server = try await RedisServer.start()
    let blocked = try connect(to: server)
    let other = try connect(to: server)
    _ = try await blocked.send(RedisCommand("PING"))
    let id = try #require(blocked.clientID)

    async let reply = blocked.send(
      RedisCommand("BLMOVE", "queue", "loans", "RIGHT", "LEFT", 0), within: .unlimited)
    let unblocked = try await eventually {
      try await other.send(RedisCommand("CLIENT", "UNBLOCK", id)) == .integer(1)
    }

    #expect(unblocked)
    #expect(try await reply == .null)
  }
}

/// The error that a closure throws, if it is one of Redis.
func redisError(_ body: () async throws -> Void) async -> RedisError? {
  do {
    try await body()
    return nil
  } catch {
    return error as? RedisError
  }
}
