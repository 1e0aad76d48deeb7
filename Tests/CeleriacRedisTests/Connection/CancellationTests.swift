import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct CancellationTests {
  @Test func `a cancelled wait ends at once`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    let waiting = Task {
      await redisError {
        _ = try await connection.send(RedisCommand("BLPOP", "nothing", 0), within: .unlimited)
      }
    }
    let other = try connect(to: server)
    #expect(
      try await eventually {
        try await other.send(RedisCommand("INFO", "clients")).text?
          .contains("blocked_clients:1") == true
      })

    waiting.cancel()
    let start = ContinuousClock.now
    let error = await waiting.value

    #expect(error?.code == .cancelled)
    #expect(start.duration(to: .now) < .seconds(1))
  }

  @Test func `the reply of a cancelled command is not taken for another's`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))

    for round in 0..<300 {
      let cancelled = Task { try await connection.send(RedisCommand("ECHO", "cancelled")) }
      async let kept = connection.send(RedisCommand("ECHO", round))
      cancelled.cancel()
      _ = await cancelled.result
      #expect(try await kept.text == "\(round)")
    }
  }

  @Test func `commands survive a storm of cancellations, timeouts and kills`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    let killer = try connect(to: server)
    let wrong = Counter()

    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for _ in 0..<20 {
          if let id = connection.clientID {
            _ = try? await killer.send(RedisCommand("CLIENT", "KILL", "ID", id))
          }
          try? await Task.sleep(for: .milliseconds(5))
        }
      }
      for number in 0..<3000 {
        let limit: RedisConnection.TimeLimit =
          number % 7 == 0 ? .limit(.microseconds(number)) : .standard
        let task = Task {
          let reply = try await connection.send(RedisCommand("ECHO", number), within: limit)
          if reply.text != "\(number)" { wrong.add() }
        }
        if number % 3 == 0 { task.cancel() }
        // Every task ends: a continuation that is resumed twice traps, one that is not hangs.
        group.addTask { _ = await task.result }
      }
    }

    #expect(wrong.value == 0)
    #expect(try await connection.send(RedisCommand("ECHO", "end")).text == "end")
  }

  @Test func `closing fails what waits and whatever follows`() async throws {
    let server = try await RedisServer.start()
    let connection = try connect(to: server)
    _ = try await connection.send(RedisCommand("PING"))
    let blocked = Task {
      try await connection.send(RedisCommand("BLPOP", "nothing", 0), within: .unlimited)
    }
    try await Task.sleep(for: .milliseconds(50))

    connection.close()

    #expect(await redisError { _ = try await blocked.value }?.code == .closed)
    #expect(
      await redisError { _ = try await connection.send(RedisCommand("PING")) }?.code == .closed)
  }
}
