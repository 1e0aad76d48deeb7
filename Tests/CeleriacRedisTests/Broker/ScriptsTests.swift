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
    #expect(try await redis("HLEN", "celeriac:loans:w").integer == 3, "live, name and the batch")
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

    #expect(try await redis("HLEN", "celeriac:loans:w").integer == 2, "live and name alone")
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

@Suite(.timeLimit(.minutes(1)))
struct LoanBookTests {
  private let messages: [[UInt8]] = [[1], [2]]

  @Test func `a batch is not dropped while one of its settlements is on the way`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")

    let first = SettleRequest(
      [Settlement(deliveries[0].loan, .requeue)], book: &book, withResults: false)
    let second = SettleRequest(
      [Settlement(deliveries[1].loan, .acknowledge)], book: &book, withResults: false)

    #expect(first.closed.isEmpty)
    #expect(second.closed.isEmpty, "the first may have been lost, and its message with it")
  }

  @Test func `the last settlement drops a batch when those before it have arrived`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")
    _ = SettleRequest([Settlement(deliveries[0].loan, .requeue)], book: &book, withResults: false)
    book.confirm(deliveries[0].loan)

    let last = SettleRequest(
      [Settlement(deliveries[1].loan, .acknowledge)], book: &book, withResults: false)

    #expect(last.closed == [1])
  }

  @Test func `a batch that no settlement could drop is left to the next tick`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")
    for delivery in deliveries {
      _ = SettleRequest([Settlement(delivery.loan, .requeue)], book: &book, withResults: false)
    }

    for delivery in deliveries { book.confirm(delivery.loan) }

    #expect(book.reclaims(at: .now).last == [1])
    #expect(!book.holds(deliveries[0].loan))
  }

  @Test func `the grace of a lost request begins with the server's answer`() {
    var book = LoanBook(base: "w")
    let now = ContinuousClock.now
    book.suspect(1, for: .seconds(10))

    let first = book.reclaims(at: now + .seconds(3600))
    #expect(first.open == [1])
    book.reclaimed(first, at: now + .seconds(3600))

    #expect(book.reclaims(at: now + .seconds(3609)).open == [1])
    let last = book.reclaims(at: now + .seconds(3610))
    #expect(last.last == [1])
    book.reclaimed(last, at: now + .seconds(3610))
    #expect(book.reclaims(at: now + .seconds(3611)).last.isEmpty)
  }
}
