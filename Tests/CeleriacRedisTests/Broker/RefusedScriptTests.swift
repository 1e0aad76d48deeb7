import CeleriacCore
import Testing

@testable import CeleriacRedis

/// Scripts to which the server refuses a part of what they do.
@Suite(.timeLimit(.minutes(1)))
struct RefusedScriptTests {
  @Test func `a settlement that is refused leaves the others whole, and itself on loan`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(3, for: "w", batch: 1)
    try await redis("SET", "celeriac:dead", "mine")
    let bury = ["1", "1", "d", "1", "too bad", "O", "two", "60", "{}"]

    let refused = try await redis.settleRefused(
      "w", ["1", "0", "a", "1", "S", "one", "60", "{}"], bury, ["1", "2", "r", "1", "-"])

    #expect(refused.keys.sorted() == [1])
    #expect(refused[1]?.hasPrefix("WRONGTYPE") == true)
    #expect(try await redis("GET", "celery-task-meta-one").text == "{}")
    #expect(try await redis("EXISTS", "celery-task-meta-two").integer == 0)
    #expect(try await redis.list("q") == ["3"])
    let tombstone = RedisScript.tombstone(of: "w")
    #expect(try await redis.list("celeriac:loan:w:1") == [tombstone, "2", tombstone])

    try await redis("DEL", "celeriac:dead")
    #expect(try await redis.settle("w", bury) == [])
    #expect(try await redis("XLEN", "celeriac:dead").integer == 1)
    #expect(try await redis("EXISTS", "celeriac:loan:w:1").integer == 0)
  }

  @Test(arguments: [["s", "celeriac:scheduled:q", "5", "0m"], ["d", "too bad"]])
  func `what has no result for want of a right is not moved either`(_ kind: [String]) async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "w", batch: 1)
    // What a new user has: all commands, and no channel.
    try await redis("ACL", "SETUSER", "default", "resetchannels")

    let refused = try await redis.settleRefused(
      "w", ["1", "0", kind[0], "1"] + kind.dropFirst() + ["O", "one", "60", "{}"])

    #expect(refused.keys.sorted() == [0])
    #expect(try await redis("ZCARD", "celeriac:scheduled:q").integer == 0)
    #expect(try await redis("XLEN", "celeriac:dead").integer == 0)
    #expect(try await redis("EXISTS", "celery-task-meta-one").integer == 0)
    #expect(try await redis.list("celeriac:loan:w:1") == ["1"])
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 1)
  }

  @Test func `a result for a batch that was deleted is no error`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2")
    _ = try await redis.take(2, for: "w", batch: 1)
    try await redis("DEL", "celeriac:loan:w:1")

    #expect(try await redis.settleRefused("w", ["1", "0", "a", "0", "-"]) == [:])
  }

  @Test func `what is due is moved once where one of its lists refuses`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    let low = "q\u{6}\u{16}3"
    try await redis("SET", low, "mine")
    try await redis("ZADD", "celeriac:scheduled:q", "1", "0a", "2", "3low", "3", "0b")
    try await redis("SET", "celeriac:scheduled:r", "mine")

    for _ in 1...3 { #expect(try await redis.tick("w", queues: ["r", "q"])[0] == 1) }

    #expect(try await redis.list("q") == ["a", "b"])
    #expect(try await redis("ZCARD", "celeriac:scheduled:q").integer == 1, "it is kept")
    try await redis("DEL", low)
    try await redis("ZADD", "celeriac:scheduled:q", "1", "3low")  // its next try
    _ = try await redis.tick("w")
    #expect(try await redis.list(low) == ["low"])
  }

  @Test func `a firing that its list refuses is not noted as fired`() async throws {
    let redis = try await ScriptBench()
    try await redis("SET", "q", "mine")
    let fire = { try await redis.run(.fire, ["celeriac:beat:e", "q"], "every 1 s", "7", "{}") }
    await #expect(throws: RedisError.self) { _ = try await fire() }

    try await redis("DEL", "q")

    #expect(try await fire().integer == 1)
    #expect(try await redis.list("q") == ["{}"])
  }

  @Test func `what is due is not sent by one who can't take it out of the schedule`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("ZADD", "celeriac:scheduled:q", "1", "0a")
    try await redis("ACL", "SETUSER", "default", "-zrem")

    for _ in 1...3 {
      #expect(try await redis.tick("w") == [1, -1, 0, 0], "it is not asked again at once")
    }
    #expect(try await redis("LLEN", "q").integer == 0)

    try await redis("ACL", "SETUSER", "default", "+zrem")
    _ = try await redis.tick("w")
    #expect(try await redis.list("q") == ["a"])
  }

  @Test func `a message that can't be put on loan stays in its list`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    try await redis("ACL", "SETUSER", "default", "resetkeys", "~q", "~celeriac:loans:*")

    await #expect {
      _ = try await redis.take(2, for: "w", batch: 1)
    } throws: {
      ($0 as? RedisError).map { ServerRefusal.code(of: $0.detail) } == "NOPERM"
    }

    #expect(try await redis.list("q") == ["1", "2", "3"])
  }

  @Test func `a letter that can't be taken away is not sent`() async throws {
    let redis = try await ScriptBench()
    try await redis("XADD", "celeriac:dead", "1-1", "queue", "q", "message", "m")
    let replay = { try await redis.run(.replay, ["celeriac:dead", "q"], "1-1") }
    try await redis("ACL", "SETUSER", "default", "-xdel")

    await #expect(throws: RedisError.self) { _ = try await replay() }
    #expect(try await redis("LLEN", "q").integer == 0)

    try await redis("ACL", "SETUSER", "default", "+xdel")
    #expect(try await replay().integer == 1)
    #expect(try await redis.list("q") == ["m"])
  }

  @Test func `a dead worker whose loans can't be read holds up no others`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis.register("dead")
    try await redis.register("odd", isVisible: true)
    try await redis("LPUSH", "q", "1", VisibilityScriptTests.message("m"))
    _ = try await redis.take(1, for: "dead", batch: 1)
    _ = try await redis.take(1, for: "odd", batch: 1)
    try await redis("SET", "celeriac:loans:bad", "mine")
    try await redis("SET", "unacked", "mine")
    try await redis("ZADD", Keys.workers, "-2", "bad", "-1", "odd", "1", "dead")

    let reply = try await redis.tick("w")

    #expect(reply == [1, -1, 1, 1 << 1])
    #expect(try await redis.list("celeriac:suspects:1:q") == ["1"])
    #expect(try await redis("LLEN", "celeriac:loan:odd:1").integer == 1, "it is asked again")
  }

  @Test func `suspects of a wrong type hold up no others`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("SET", "celeriac:suspects:3:q", "mine")
    try await redis("LPUSH", "celeriac:suspects:1:q", "a")

    #expect(try await redis.takeSuspects(4, for: "w", batch: 1, from: [3, 1]) == [["1", "a"]])
    #expect(try await redis.tick("w")[3] == 0, "nobody waits there")
    await #expect {
      try await redis.takeSuspects(4, for: "w", batch: 9, from: [3, 1])
    } throws: {
      "\($0)".contains("WRONGTYPE")
    }
  }

  @Test func `a list that can't be given back to keeps its messages on loan, and no others`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis.register("dead")
    try await redis("LPUSH", "q", "1", "2")
    try await redis("LPUSH", "r", "3")
    _ = try await redis.take(3, for: "dead", batch: 1, from: ["q", "r"], waitingIn: [0, 0])
    try await redis("SET", "celeriac:suspects:1:q", "mine")
    try await redis.expire("dead")

    #expect(try await redis.tick("w") == [1, -1, 1, 0], "the rest is done")
    #expect(try await redis.list("celeriac:suspects:1:r") == ["3"])
    #expect(try await redis.list("celeriac:loan:dead:1") == ["2", "1"])

    // However often it was swept.
    try await redis("HSET", "celeriac:loans:dead", "sweeps", "20")
    try await redis("SET", "q", "mine")
    try await redis.expire("dead")
    _ = try await redis.tick("w")
    try await redis("DEL", "q")
    try await redis.expire("dead")
    #expect(try await redis.tick("w")[2] == 2)
    #expect(try await redis.list("q") == ["1", "2"])
  }

  @Test func `a lost take is reclaimed when its list can be given back to`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "w", batch: 1)
    try await redis("SET", "q", "mine")

    #expect(try await redis.tick("w", forget: ["1"])[0] == 1, "the lease is renewed")
    try await redis("DEL", "q")
    _ = try await redis.tick("w", forget: ["1"])

    #expect(try await redis.list("q") == ["1"])
  }
}
