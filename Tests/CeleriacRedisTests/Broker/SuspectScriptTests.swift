import CeleriacCore
import Testing

@testable import CeleriacRedis

/// What becomes of the messages that were on loan at a crash.
@Suite(.timeLimit(.minutes(1)))
struct SuspectScriptTests {
  @Test func `each crash takes what was on loan one list further`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("heir")
    try await redis("LPUSH", "q", "1", "2")
    try await redis.register("w1")
    _ = try await redis.take(1, for: "w1", batch: 1)
    for crash in 1...12 {
      try await redis.expire("w\(crash)")
      _ = try await redis.tick("heir")
      let count = min(crash, 9)
      #expect(try await redis.list("celeriac:suspects:\(count):q") == ["1"])
      try await redis.register("w\(crash + 1)")
      #expect(
        try await redis.takeSuspects(1, for: "w\(crash + 1)", batch: 1, from: [count])
          == [["0", "1"]])
    }
    #expect(try await redis.list("q") == ["2"])
  }

  @Test func `suspects keep their order, first in line, whatever list they came from`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis.register("dead", instance: "worker.1")
    try await redis("LPUSH", "q\u{6}\u{16}6", "3", "4")
    try await redis("LPUSH", "q", "1", "2")
    try await redis("LPUSH", "celeriac:suspects:1:q", "9")
    _ = try await redis.take(4, for: "dead", batch: 1, from: ["q", "q\u{6}\u{16}6"])

    #expect(try await redis.release(instance: "worker.1") == 4)

    #expect(try await redis.list("celeriac:suspects:1:q") == ["1", "2", "3", "4", "9"])
    #expect(try await redis.tick("w")[3] == 1 << 1)
  }

  @Test func `what a worker gives back itself is no suspect, and a suspect stays one`()
    async throws
  {
    let redis = try await ScriptBench()
    try await redis.register("w", instance: "worker.1")
    try await redis("LPUSH", "q", "1")
    try await redis("LPUSH", "celeriac:suspects:2:q", "2", "3", "4")
    _ = try await redis.take(1, for: "w", batch: 1)
    _ = try await redis.takeSuspects(3, for: "w", batch: 2, from: [2])
    _ = try await redis.settle("w", ["2", "1", "r", "0", "-"])
    #expect(try await redis.list("celeriac:suspects:2:q") == ["3"])

    _ = try await redis.tick("w", reclaim: ["2"])
    #expect(try await redis.list("celeriac:suspects:2:q") == ["2", "4", "3"])
    #expect(try await redis.release("w") == 1)
    #expect(try await redis.release(instance: "worker.1") == 0)

    #expect(try await redis.list("q") == ["1"])
    #expect(
      try await redis("EXISTS", "celeriac:suspects:1:q", "celeriac:suspects:3:q") == .integer(0))
  }

  @Test func `what reaches a worker that is dead already is not counted`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis.register("dead")
    _ = try await redis.take(1, for: "dead", batch: 1, waitingIn: [2])
    try await redis.expire("dead")
    _ = try await redis.tick("w")
    try await redis("RPUSH", "celeriac:loan:dead:2", "late")
    try await redis.expire("dead")

    #expect(try await redis.tick("w") == [1, -1, 1, 0])
    #expect(try await redis.list("q") == ["late"])
  }

  @Test func `suspects to run apart are given out alone, the most suspicious first`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "celeriac:suspects:1:q", "a", "b", "c")
    try await redis("LPUSH", "celeriac:suspects:2:q", "d", "e")
    try await redis("LPUSH", "celeriac:suspects:4:q", "f")
    func take(_ batch: Int) async throws -> [[String]] {
      try await redis.takeSuspects(2, for: "w", batch: batch, from: [4, 2, 1], apart: 2)
    }

    #expect(try await take(10) == [["0", "f"]])
    #expect(try await take(20) == [["1", "d"]])
    #expect(try await take(30) == [["1", "e"]])
    #expect(try await take(40) == [["2", "a", "b"]])
    #expect(try await take(50) == [["2", "c"]])
    #expect(try await take(60) == [])
    #expect(try await redis("HGET", "celeriac:loans:w", "42").text == "celeriac:suspects:1:q")
  }

  @Test func `a suspect that is buried says of which queue and how many crashes`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "celeriac:suspects:3:a:queue", "poison")
    _ = try await redis.connection.send(
      .takeSuspects, keys: [Keys.loans("w"), Keys.suspects(3, "a:queue")], "w", 1, 1, 1)

    _ = try await redis.settle("w", ["1", "0", "d", "1", "crashed", "-"])

    let letter = try #require(await DeadLetters(over: redis.connection).page(upTo: 2).first)
    #expect(letter.queue == "a:queue")
    #expect(letter.crashes == 3)
    #expect(letter.worker == "w@test")
    #expect(letter.message == Array("poison".utf8))
  }

  @Test func `a message that looks like a settled one is a message`() async throws {
    let redis = try await ScriptBench()
    try await redis.register("w")
    try await redis("LPUSH", "q", "\0settled", RedisScript.tombstone(of: "other"), "1")
    _ = try await redis.take(3, for: "w", batch: 1)

    #expect(try await redis.settle("w", ["1", "0", "d", "0", "unreadable", "-"]) == [])
    #expect(try await redis.release("w") == 2)

    #expect(try await redis.list("q") == [RedisScript.tombstone(of: "other"), "1"])
    #expect(try await DeadLetters(over: redis.connection).page(upTo: 1)[0].message.count == 8)
  }

  @Test func `a worker without lease gets no suspects`() async throws {
    let redis = try await ScriptBench()
    try await redis("LPUSH", "celeriac:suspects:1:q", "a")

    await #expect { try await redis.takeSuspects(1, for: "w", batch: 1, from: [1]) } throws: {
      ($0 as? RedisError)?.isFenced == true
    }
    #expect(try await redis.list("celeriac:suspects:1:q") == ["a"])
  }
}

/// Which suspects a consumer asks for.
@Suite(.timeLimit(.minutes(1)))
struct SuspectBookTests {
  private let now = ContinuousClock.now

  @Test func `a new worker looks everywhere, once`() {
    var book = SuspectBook(queues: ["q", "r"], apartAfter: 2)
    let (lists, apart) = book.lists

    #expect(lists.count == 18)
    #expect(apart == 16)
    #expect(lists.first?.key == "celeriac:suspects:9:q")
    book.note([], of: lists, upTo: 4, at: now)
    #expect(!book.holdsAny)
    book.note(waiting: 1 << 1)
    #expect(book.lists.lists.map(\.key) == ["celeriac:suspects:1:q", "celeriac:suspects:1:r"])
    #expect(book.lists.apart == 0)
  }

  @Test func `lists that may hold more are asked again`() {
    var book = SuspectBook(queues: ["q"], apartAfter: 2)
    book.note(waiting: 1 << 1)

    book.note([delivery(1), delivery(1)], of: book.lists.lists, upTo: 2, at: now)
    #expect(book.holdsAny)

    book.note([delivery(1)], of: book.lists.lists, upTo: 2, at: now)
    #expect(!book.holdsAny)
  }

  @Test func `one runs apart, secluded for a while, and others like it wait for its end`() {
    var book = SuspectBook(queues: ["q"], apartAfter: 3)
    book.note(waiting: 1 << 2 | 1 << 3 | 1 << 4)
    #expect(book.lists.apart == 2)
    let last = delivery(4)

    book.note([last], of: book.lists.lists, upTo: 8, at: now)

    #expect(book.isSecluded(at: now + .seconds(9)))
    #expect(!book.isSecluded(at: now + .seconds(10)))
    #expect(book.lists.lists.map(\.crashes) == [2])
    #expect(book.lists.apart == 0)
    let other = Loan(batch: 1, index: 7)
    let endedWithOther = book.end([other])
    #expect(!endedWithOther)
    let ended = book.end([other, last.loan])
    #expect(ended)
    #expect(!book.isSecluded(at: now))
    #expect(book.lists.lists.map(\.crashes) == [4, 3, 2])
  }

  @Test func `a worker clears itself for one that is to run apart, for a while`() {
    var book = SuspectBook(queues: ["q"], apartAfter: 2)
    book.note(waiting: 1 << 1)
    var clears = book.clears(at: now, isIdle: false)
    #expect(!clears, "those run together")

    book.note(waiting: 1 << 2)
    clears = book.clears(at: now, isIdle: false)
    #expect(clears)
    clears = book.clears(at: now + .seconds(9), isIdle: false)
    #expect(clears)
    clears = book.clears(at: now + .seconds(10), isIdle: false)
    #expect(!clears, "what runs may never end")
    clears = book.clears(at: now + .seconds(11), isIdle: true)
    #expect(!clears)
    #expect(!book.isClearing)
    clears = book.clears(at: now + .seconds(12), isIdle: false)
    #expect(clears, "the next one, from the beginning")
  }

  private func delivery(_ crashes: Int) -> Delivery {
    Delivery(
      loan: Loan(batch: crashes, index: 0), bytes: [], queue: "q", crashes: crashes)
  }
}
