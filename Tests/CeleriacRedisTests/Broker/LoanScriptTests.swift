import CeleriacCore
import Testing

@testable import CeleriacRedis

/// Each script alone, on a Redis of its own.
@Suite(.timeLimit(.minutes(1)))
struct LoanScriptTests {
  @Test func `a batch is on loan, in order, as soon as it is taken`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")

    let taken = try await redis.take(2, for: "w", batch: 7)

    #expect(taken == .array([.array([.integer(0), .bytes([49]), .bytes([50])])]))
    #expect(try await redis.list("q") == ["3"])
    #expect(try await redis("LRANGE", "celeriac:loan:w:7", "0", "-1").array?.count == 2)
    #expect(try await redis("HGET", "celeriac:loans:w", "7").text == "q")
  }

  @Test func `empty lists are registered to be waited at`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")

    let taken = try await redis.take(
      2, for: "w", batch: 1, from: ["q", "r"], waitingIn: [3, 0])

    #expect(taken == .array([]))
    #expect(try await redis("HGET", "celeriac:loans:w", "3").text == "q")
    #expect(try await redis("HLEN", "celeriac:loans:w").integer == 5, "four of its own, one batch")
  }

  @Test func `a worker without lease neither takes nor settles`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "w", batch: 1)
    #expect(try await redis.release("w") == 1)

    await #expect { try await redis.take(1, for: "w", batch: 2) } throws: {
      ($0 as? RedisError)?.isFenced == true
    }
    await #expect {
      try await redis.settle("w", ["1", "0", "a", "1", "S", "id", "60", "{}"])
    } throws: {
      ($0 as? RedisError)?.isFenced == true
    }
    #expect(try await redis.list("q") == ["1"])
    #expect(try await redis("EXISTS", "celery-task-meta-id").integer == 0)
  }

  @Test func `a batch is settled in any order and goes with its last message`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(3, for: "w", batch: 1)

    #expect(try await redis.settle("w", ["1", "1", "a", "0", "-"]) == [])
    #expect(try await redis.settle("w", ["1", "1", "r", "0", "-"]) == [0], "a tombstone")
    #expect(
      try await redis.settle("w", ["1", "2", "r", "1", "-"], ["1", "0", "a", "1", "-"]) == [])

    #expect(try await redis.list("q") == ["3"])
    #expect(try await redis("EXISTS", "celeriac:loan:w:1").integer == 0)
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 0)
    #expect(try await redis.settle("w", ["1", "0", "r", "1", "-"]) == [0], "no such batch")
  }

  @Test func `a requeued message is next, one that is buried says why`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(2, for: "w", batch: 1)

    #expect(
      try await redis.settle(
        "w", ["1", "1", "d", "1", "too bad", "-"], ["1", "0", "r", "1", "-"]) == [])

    #expect(try await redis.list("q") == ["1", "3"])
    let letters = try await redis("XRANGE", "celeriac:dead", "-", "+").array ?? []
    #expect(letters.count == 1)
    #expect(
      letters.first?.array?.last?.array?.compactMap(\.text)
        == ["queue", "q", "reason", "too bad", "crashes", "0", "worker", "w@test", "message", "2"])
  }

  @Test func `a success is never overwritten, and a key of another kind is`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(3, for: "w", batch: 1)
    let success = #"{"status": "SUCCESS"}"#
    try await redis("RPUSH", "celery-task-meta-b", "a list")

    _ = try await redis.settle(
      "w", ["1", "0", "a", "0", "S", "a", "60", success],
      ["1", "1", "a", "0", "O", "a", "60", "{}"], ["1", "2", "a", "0", "O", "b", "60", "{}"])

    #expect(try await redis("GET", "celery-task-meta-a").text == success)
    #expect(try await redis("GET", "celery-task-meta-b").text == "{}")
  }

  @Test func `many batches end in one settlement`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    var settlements: [String] = []
    for number in 1...1000 {
      try await redis("LPUSH", "q", "\(number)")
      _ = try await redis.take(1, for: "w", batch: number)
      settlements += ["\(number)", "0", "a", "1", "-"]
    }

    #expect(try await redis.settle("w", settlements) == [])

    #expect(try await redis("HLEN", "celeriac:loans:w").integer == 4, "none but its own")
  }

  @Test func `what is released goes back first in line, in its old order`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w", instance: "worker.1")
    try await redis("LPUSH", "q", "1", "2", "3", "4", "5", "6")
    _ = try await redis.take(2, for: "w", batch: 9)
    _ = try await redis.take(3, for: "w", batch: 10)
    _ = try await redis.settle("w", ["10", "1", "a", "0", "-"])

    #expect(try await redis.release("w") == 4)

    #expect(try await redis.list("q") == ["1", "2", "3", "5", "6"])
    #expect(try await redis.release(instance: "worker.1") == 0)
    #expect(try await redis.release(instance: "unknown") == 0)
  }
}
