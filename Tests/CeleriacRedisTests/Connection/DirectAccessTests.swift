import TestSupport
import Testing

@testable import CeleriacRedis

/// Callers that write to the socket and read from it themselves.
@Suite(.timeLimit(.minutes(1)))
struct DirectAccessTests {
  @Test func `a caller that is alone gets the link`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    for number in 1...100 {
      let reply = try await connection.send(RedisCommand("ECHO", number))
      #expect(reply.text == "\(number)")
    }
  }

  @Test func `a link that nobody uses goes back to its thread`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    #expect(try await eventually { !connection.outbox.isLent })
    #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
  }

  @Test func `callers that overlap get their own replies`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    let wrong = try await withThrowingTaskGroup(of: Int.self) { group in
      for caller in 0..<8 {
        group.addTask {
          var wrong = 0
          for number in 0..<2_000 {
            let text = "\(caller).\(number)"
            if try await connection.send(RedisCommand("ECHO", text)).text != text { wrong += 1 }
            // Now and then all but one rest, and that one gets the link.
            if number.isMultiple(of: 100 + caller) { try await Task.sleep(for: .milliseconds(2)) }
          }
          return wrong
        }
      }
      return try await group.reduce(0, +)
    }

    #expect(wrong == 0)
  }

  @Test func `a batch of several commands is answered in their order`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)
    var batch = RedisBatch()
    for number in 1...50 { batch.append("ECHO", number) }

    let replies = try await connection.send(batch)

    #expect(replies.map(\.text) == (1...50).map(String.init))
  }

  @Test func `a reply that keeps its caller waiting comes by way of the thread`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    let replies = try await connection.send(RedisBatch(RedisCommand("BLPOP", "nothing", "0.1")))

    #expect(replies == [.null])
    #expect(!connection.outbox.isLent)
    #expect(try await connection.send(RedisCommand("PING")) == .status("PONG"))
  }

  @Test func `a reply that does not come in time fails`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    let error = await redisError {
      _ = try await connection.send(
        RedisCommand("BLPOP", "nothing", "1"), within: .limit(.milliseconds(50)))
    }

    #expect(error?.code == .timedOut)
    #expect(error?.effect == .unknown)
  }

  @Test func `a connection that ended unnoticed is made again, and the command waits`() async throws
  {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)
    let other = try connect(to: server)

    for _ in 1...5 {
      let id = try #require(connection.clientID)
      _ = try await other.send(RedisCommand("CLIENT", "KILL", "ID", id))
      _ = try await connection.send(RedisCommand("INCR", "counter"))
      try await becomeLent(connection)
    }

    #expect(try await other.send(RedisCommand("GET", "counter")).text == "5")
  }

  @Test func `what was written and not answered fails and is not sent twice`() async throws {
    let server = try await RedisServer.start(.tcp)
    let connection = try await lent(by: server)
    server.pause()
    let counted = Task { try await connection.send(RedisCommand("INCR", "counter")) }
    #expect(try await eventually { !connection.outbox.isLent })

    server.kill()

    let error = try #require(await redisError { _ = try await counted.value })
    #expect(error.code == .connectionLost)
    #expect(error.effect == .unknown)
    try await server.restart()
    #expect(try await connection.send(RedisCommand("GET", "counter")) == .null)
  }

  @Test func `a script that the server has forgotten is loaded`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)
    let script = RedisScript("seven", "return 7")

    #expect(try await connection.send(script, keys: []) == .integer(7))
  }

  @Test func `a server that is not ready is waited for`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)
    let other = try connect(to: server)
    _ = try await other.send(RedisCommand("REPLICAOF", "127.0.0.1", "1"))

    let stored = Task { try await connection.send(RedisCommand("SET", "key", "value")) }
    #expect(try await eventually { !connection.outbox.isLent })
    _ = try await other.send(RedisCommand("REPLICAOF", "NO", "ONE"))

    #expect(try await stored.value == .status("OK"))
  }

  @Test func `a lent connection can be closed`() async throws {
    let server = try await RedisServer.start()
    let connection = try await lent(by: server)

    connection.close()

    let error = await redisError {
      while true { _ = try await connection.send(RedisCommand("PING")) }
    }
    #expect(error?.code == .closed)
  }

  @Test func `a call that was under way while its connection was closed fails at once`()
    async throws
  {
    let thread = try IOThread()
    let configuration = RedisConfiguration(try RedisURL("redis+socket:///nowhere.sock"))
    let exchange = Exchange(RedisBatch(RedisCommand("PING")), timeout: .seconds(30))
    let start = ContinuousClock.now

    let outcome = await withCheckedContinuation { continuation in
      _ = exchange.wait { continuation.resume(returning: $0) }
      thread.perform { loop in
        let pipe = CommandPipe(configuration, status: ConnectionStatus { _ in }, loop: loop)
        pipe.close()
        // A borrower gives the link back only now, with a command that is written and not answered.
        let ticket = CommandPipe.Ticket(exchange: exchange, deadline: loop.now + .seconds(30))
        pipe.takeBack(CommandPipe.Flight(ticket: ticket, since: loop.now))
      }
    }

    #expect(throws: RedisError.self) { try outcome.get() }
    #expect(start.duration(to: .now) < .seconds(5))
  }

  private func lent(by server: RedisServer) async throws -> RedisConnection {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread(), access: .direct)
    try await becomeLent(connection)
    return connection
  }

  // As often as it takes on a machine that is busy with other things.
  private func becomeLent(_ connection: RedisConnection) async throws {
    #expect(
      try await eventually(every: .zero) {
        _ = try await connection.send(RedisCommand("PING"))
        return connection.outbox.isLent
      })
  }
}
