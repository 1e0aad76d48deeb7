import CeleriacCore
import Testing

@testable import CeleriacRedis

/// The tick script alone, on a Redis of its own.
@Suite(.timeLimit(.minutes(1)))
struct TickScriptTests {
  @Test func `what is due comes to the list of its priority, the earliest first`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "waiting")
    try await redis("ZADD", "celeriac:scheduled:q", "20", "0b", "10", "0a", "5", "6low")
    try await redis("ZADD", "celeriac:scheduled:q", "99999999999999", "0later")

    let reply = try await redis.tick("w")

    #expect(reply[0] == 1)
    #expect(reply[1] > 1000)
    #expect(try await redis.list("q") == ["waiting", "a", "b"])
    #expect(try await redis.list("q\u{6}\u{16}6") == ["low"])
    #expect(try await redis("ZCARD", "celeriac:scheduled:q").integer == 1)
  }

  @Test func `a tick moves a hundred at most and asks to be called again`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    for number in 1...150 {
      try await redis("ZADD", "celeriac:scheduled:q", "\(number)", "0\(number)")
    }

    #expect(try await redis.tick("w") == [1, 0, 0, 0])
    #expect(try await redis("LLEN", "q").integer == 100)
    #expect(try await redis.tick("w") == [1, -1, 0, 0])
    #expect(try await redis("LLEN", "q").integer == 150)
  }

  @Test func `the loans of a dead worker are recovered once`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("dead")
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(2, for: "dead", batch: 1)
    try await redis.expire("dead")

    #expect(try await redis.tick("w") == [1, -1, 2, 1 << 1])
    #expect(try await redis.tick("w") == [1, -1, 0, 1 << 1])

    #expect(try await redis.list("celeriac:suspects:1:q") == ["1", "2"])
    #expect(try await redis.list("q") == ["3"])
    #expect(try await redis.tick("dead")[0] == 0, "it is fenced")
  }

  @Test func `what reaches a dead worker's wait later is found by a sweep`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("dead")
    try await redis.register("w")
    _ = try await redis.take(1, for: "dead", batch: 1, waitingIn: [2])
    try await redis.expire("dead")
    _ = try await redis.tick("w")
    for sweep in 2...8 {
      try await redis("RPUSH", "celeriac:loan:dead:2", "late \(sweep)")
      try await redis.expire("dead")
      #expect(try await redis.tick("w")[2] == 1)
    }
    try await redis.expire("dead")
    _ = try await redis.tick("w")

    #expect(try await redis.list("q").count == 7)
    #expect(try await redis("EXISTS", "celeriac:loans:dead").integer == 0)
    #expect(try await redis("ZSCORE", "celeriac:workers", "dead") == .null)
  }

  @Test func `nobody is taken for dead when the server was away`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("other")
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "other", batch: 1)
    _ = try await redis.tick("w")
    try await redis("HSET", "celeriac:recovery", "last", "1")  // a tick long ago
    try await redis.expire("other")

    #expect(try await redis.tick("w")[2] == 0)
    #expect(try await redis.tick("other")[0] == 1)
    #expect(try await redis.settle("other", ["1", "0", "a", "1", "-"]) == [])
  }

  @Test func `the server was there where this worker has renewed its lease meanwhile`() async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("dead")
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "dead", batch: 1)
    let renewed = try await redis.wholeTick("w")[5] - 60_000
    try await redis("HSET", "celeriac:recovery", "last", "1")  // no tick since long ago
    try await redis.expire("dead")

    #expect(try await redis.tick("w", renewed: renewed)[2] == 1)
    let last = try await redis("HGET", "celeriac:recovery", "last").text.flatMap { Int($0) }
    #expect(try #require(last) >= renewed, "those that come after it are told")
  }

  @Test func `a renewal of long ago proves nothing`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("other")
    try await redis.register("w")
    let renewed = try await redis.wholeTick("w")[5] - 60_000 - 31_000
    try await redis("HSET", "celeriac:recovery", "last", "1")
    try await redis.expire("other")

    #expect(try await redis.tick("w", renewed: renewed)[2] == 0)
    #expect(try await redis.tick("other")[0] == 1)
  }

  @Test func `the server was there where another worker has renewed its lease meanwhile`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("dead", lease: 10_000)
    try await redis.register("waiting", lease: 10_000)
    try await redis.register("new")
    let now = try await redis.wholeTick("new")[5] - 60_000
    try await redis("ZADD", Keys.workers, "\(now + 6000)", "waiting")  // 4 s ago
    try await redis("HSET", "celeriac:recovery", "last", "1")
    try await redis.expire("dead")

    _ = try await redis.tick("new", lease: 10_000)

    #expect(try await redis("HEXISTS", Keys.loans("dead"), "live").integer == 0)
  }

  @Test func `the many that were buried hide nobody who has renewed its lease`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("dead", lease: 10_000)
    try await redis.register("waiting", lease: 10_000)
    try await redis.register("new")
    let now = try await redis.wholeTick("new")[5] - 60_000
    for number in 0..<60 {
      try await redis("ZADD", Keys.workers, "\(now + 3_600_000)", "b\(number)")
    }
    try await redis("ZADD", Keys.workers, "\(now + 6000)", "waiting")  // 4 s ago
    try await redis("HSET", "celeriac:recovery", "last", "1")
    try await redis.expire("dead")

    _ = try await redis.tick("new", lease: 10_000)

    #expect(try await redis("HEXISTS", Keys.loans("dead"), "live").integer == 0)
  }

  @Test func `a supervisor's name for a process lasts as long as its worker`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w", instance: "worker.1")
    try await redis("EXPIRE", "celeriac:instance:worker.1", "10")

    _ = try await redis.tick("w")

    let left = try #require(try await redis("TTL", "celeriac:instance:worker.1").integer)
    #expect(left > 80_000)
  }

  @Test func `what others did long ago, or were buried for, or came with, proves nothing`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("other", lease: 10_000)
    try await redis.register("buried", lease: 10_000)
    try await redis.register("new")
    let now = try await redis.wholeTick("new")[5] - 60_000
    try await redis("ZADD", Keys.workers, "\(now + 3000)", "other", "\(now + 9000)", "buried")
    try await redis("HDEL", Keys.loans("buried"), "live")
    try await redis("HSET", "celeriac:recovery", "last", "1")
    try await redis.register("first", lease: 10_000)

    _ = try await redis.tick("new", lease: 10_000)
    try await redis.expire("other")
    _ = try await redis.tick("new", lease: 10_000)

    #expect(try await redis.tick("other")[0] == 1)
  }

  @Test func `the dead are recovered when the grace is over`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("dead")
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "dead", batch: 1)
    try await redis("HSET", "celeriac:recovery", "last", "1")
    try await redis.expire("dead")
    #expect(try await redis.tick("w")[2] == 0)
    try await redis("HSET", "celeriac:recovery", "from", "1")  // the time has passed

    #expect(try await redis.tick("w")[2] == 1)
  }

  @Test func `a tick tells when the next lease of another ends`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    #expect(try await redis.wholeTick("w")[4] == -1, "there is no other")
    try await redis.register("other")

    let left = try await redis.wholeTick("w")[4]

    #expect(left > 50_000 && left <= 60_000)
  }

  @Test func `a batch whose reply was lost goes back, and is forgotten when asked`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "1", "2", "3")
    _ = try await redis.take(2, for: "w", batch: 1)

    _ = try await redis.tick("w", reclaim: ["1"])
    #expect(try await redis.list("q") == ["1", "2", "3"])
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 1)

    _ = try await redis.tick("w", forget: ["1"])
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 0)
  }
}
