import CeleriacCore
import Testing

@testable import CeleriacRedis

/// Loans in Celery's `unacked`, script by script.
@Suite(.timeLimit(.minutes(1)))
struct VisibilityScriptTests {
  private func bench() async throws -> ScriptBench {
    let redis = try await ScriptBench()
    try await redis.register("w", isVisible: true)
    return redis
  }

  @Test func `what is taken stands in unacked in Celery's form, byte by byte`() async throws {
    let redis = try await bench()
    let message = Self.message("1")
    try await redis("LPUSH", "q", message, Self.message("2"))
    try await redis("LPUSH", "celeriac:suspects:1:q", Self.message("3"))

    _ = try await redis.take(2, for: "w", batch: 1)
    _ = try await redis.takeSuspects(1, for: "w", batch: 5, from: [1])

    #expect(
      try await redis.shown() == ["celeriac:w:1:0", "celeriac:w:1:1", "celeriac:w:5:0"])
    let entry = try await redis("HGET", "unacked", "celeriac:w:1:0").text
    #expect(entry == #"[\#(message), "", "q"]"#)
    let score = try await redis("ZSCORE", "unacked_index", "celeriac:w:1:0").text ?? ""
    let now = try await redis("TIME").array?.first?.text ?? ""
    #expect(abs((Double(score) ?? 0) - (Double(now) ?? 0)) < 5, "seconds, as Celery's")
  }

  @Test(
    arguments: [
      "no JSON", "[1]", "null", #"{"body": "", "headers": null, "properties": null}"#,
      message("1", tag: "null"), message("1", info: "[]"), message("1", headers: "[]"),
      message("1", headers: "{}"), message("1", info: #"{"exchange": ""}"#),
    ])
  func `what Celery's workers could not restore, or not read, is not shown`(
    _ text: String
  ) async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", text)
    _ = try await redis.take(1, for: "w", batch: 1)

    #expect(try await redis.shown() == [])
    #expect(try await redis.settle("w", ["1", "0", "a", "1", "S", "one", "60", "{}"]) == [])
    #expect(try await redis("GET", "celery-task-meta-one").text == "{}")
  }

  @Test(arguments: ["a", "r", "s", "d"])
  func `an end takes the entry away`(_ kind: String) async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", Self.message("1"), Self.message("2"))
    _ = try await redis.take(2, for: "w", batch: 1)
    let more = ["s": ["celeriac:scheduled:q", "5", "0m"], "d": ["bad"]][kind] ?? []

    #expect(try await redis.settle("w", ["1", "0", kind, "0"] + more + ["-"]) == [])
    #expect(try await redis.shown() == ["celeriac:w:1:1"])
    #expect(try await redis.settle("w", ["1", "1", kind, "1"] + more + ["-"]) == [])

    #expect(try await redis("EXISTS", "unacked", "unacked_index").integer == 0)
    #expect(try await redis("EXISTS", "celeriac:loan:w:1").integer == 0)
  }

  @Test func `an end that is refused leaves the entry`() async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", Self.message("1"))
    _ = try await redis.take(1, for: "w", batch: 1)
    try await redis("SET", "celeriac:dead", "mine")

    #expect(
      try await redis.settleRefused("w", ["1", "0", "d", "1", "bad", "-"]).keys.sorted() == [0])

    #expect(try await redis.shown() == ["celeriac:w:1:0"])
  }

  @Test func `what was restored ends without a result, and comes once`() async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", Self.message("1"), Self.message("2"))
    _ = try await redis.take(2, for: "w", batch: 1)
    try await redis.restore("celeriac:w:1:1")

    #expect(
      try await redis.settle(
        "w", ["1", "0", "a", "1", "S", "one", "60", "{}"],
        ["1", "1", "r", "1", "S", "two", "60", "{}"]) == [1])

    #expect(try await redis("EXISTS", "celery-task-meta-two").integer == 0)
    #expect(try await redis("LLEN", "q").integer == 1)
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 0)
  }

  @Test func `a copy that shares the tag is another loan`() async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", Self.message("1"))
    try await redis("LPUSH", "r", Self.message("1"))
    _ = try await redis.take(2, for: "w", batch: 1, from: ["q", "r"], waitingIn: [0, 0])
    try await redis.restore("celeriac:w:2:0")

    #expect(
      try await redis.settle("w", ["1", "0", "a", "1", "-"], ["2", "0", "a", "1", "-"]) == [1])
    #expect(try await redis("LLEN", "r").integer == 1)
  }

  @Test func `what a wait has brought is shown when it is adopted`() async throws {
    let redis = try await bench()
    _ = try await redis.take(1, for: "w", batch: 1, waitingIn: [2])
    try await redis("LPUSH", "celeriac:loan:w:2", Self.message("1"))

    #expect(try await redis.shown() == [])
    #expect(try await redis.run(.adopt, [Keys.loans("w")], "w", "2").integer == 1)
    #expect(try await redis.shown() == ["celeriac:w:2:0"])
    #expect(try await redis.run(.adopt, [Keys.loans("w")], "w", "3").integer == 0)
    #expect(try await redis.settle("w", ["2", "0", "r", "1", "-"]) == [])
    #expect(try await redis("LLEN", "q").integer == 1)
  }

  @Test func `of a dead worker's loans those go back that nobody has restored`() async throws {
    let redis = try await bench()
    try await redis.register("heir")
    try await redis("LPUSH", "q", Self.message("1"), Self.message("2"), "no JSON")
    _ = try await redis.take(3, for: "w", batch: 1)
    _ = try await redis.take(1, for: "w", batch: 4, waitingIn: [5])
    try await redis("LPUSH", "celeriac:loan:w:5", Self.message("3"))
    try await redis.restore("celeriac:w:1:0")
    try await redis.expire("w")

    #expect(try await redis.tick("heir")[2] == 3)

    let suspects = try await redis.list("celeriac:suspects:1:q")
    #expect(suspects == [Self.message("2"), "no JSON", Self.message("3")])
    #expect(try await redis("LLEN", "q").integer == 1)
    #expect(try await redis("EXISTS", "unacked", "unacked_index").integer == 0)
  }

  @Test func `loans that run on are shown anew, and those that were restored end`() async throws {
    let redis = try await bench()
    try await redis("LPUSH", "q", Self.message("1"), Self.message("2"), "no JSON")
    _ = try await redis.take(3, for: "w", batch: 1)
    for field in try await redis.shown() { try await redis("ZADD", "unacked_index", "1", field) }
    try await redis.restore("celeriac:w:1:1")

    let tombstone = RedisScript.tombstone(of: "w")
    let reply = try await redis.run(
      .showOn, [Keys.loans("w")], "w", tombstone, "1", "0", "1", "1", "1", "2", "9", "0")

    #expect(reply.array?.compactMap(\.integer) == [1])
    #expect(try await redis("ZCOUNT", "unacked_index", "2", "+inf").integer == 1)
    #expect(try await redis("ZCARD", "unacked_index").integer == 1, "none is made known again")
    #expect(try await redis.list("celeriac:loan:w:1").contains(tombstone))
    #expect(try await redis.release("w") == 2)
    #expect(try await redis("LLEN", "q").integer == 3)
  }

  @Test func `a worker of one kind ends no entries of the other's`() async throws {
    let redis = try await bench()
    try await redis.register("own")
    try await redis("HSET", "unacked", "tag-1", "Celery's")
    try await redis("LPUSH", "q", Self.message("1"))
    _ = try await redis.take(1, for: "own", batch: 1)

    #expect(try await redis.shown() == ["tag-1"])
    #expect(try await redis.settle("own", ["1", "0", "a", "1", "-"]) == [])
    #expect(try await redis.shown() == ["tag-1"])
  }

  static func message(
    _ number: String, tag: String = #""tag-1""#, headers: String? = nil,
    info: String = #"{"exchange": "", "routing_key": "q"}"#
  ) -> String {
    let headers = headers ?? #"{"id": "\#(number)"}"#
    return #"{"body": "W10=", "headers": \#(headers), "properties": "#
      + #"{"delivery_tag": \#(tag), "delivery_info": \#(info)}}"#
  }
}

extension ScriptBench {
  /// The fields of Celery's hash.
  fileprivate func shown() async throws -> [String] {
    try await self("HKEYS", "unacked").array?.compactMap(\.text).sorted() ?? []
  }

  /// What a worker of Celery's does with an entry that is too old.
  fileprivate func restore(_ field: String) async throws {
    try await self(
      "EVAL",
      """
      local entry = cjson.decode(redis.call('HGET', 'unacked', ARGV[1]))
      redis.call('HDEL', 'unacked', ARGV[1])
      redis.call('ZREM', 'unacked_index', ARGV[1])
      redis.call('RPUSH', entry[3], cjson.encode(entry[1]))
      """, "0", field)
  }
}
