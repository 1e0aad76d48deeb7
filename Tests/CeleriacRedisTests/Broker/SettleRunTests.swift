import CeleriacCore
import Testing

@testable import CeleriacRedis

/// Successes of one batch that are settled together.
@Suite(.timeLimit(.minutes(1)))
struct SettleRunTests {
  private let tombstone = RedisScript.tombstone(of: "w")

  @Test func `a run that completes its batch stores each result and drops the batch`() async throws
  {
    let redis = try await bench(holding: 3)

    let unsettled = try await redis.settle("w", run(closing: true, [0, 1, 2]))

    #expect(unsettled == [])
    #expect(try await redis("GET", "celery-task-meta-id2").text == "record 2")
    #expect(try await redis("TTL", "celery-task-meta-id0").integer ?? 0 > 50)
    #expect(try await redis("EXISTS", "celeriac:loan:w:1").integer == 0)
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 0)
  }

  @Test func `a run leaves tombstones in an open batch, and others may follow it`() async throws {
    let redis = try await bench(holding: 4)

    let unsettled = try await redis.settle(
      "w", run([2, 0]), ["1", "1", "r", "0", "-"], run(batch: 7, [5, 6]), run([3]))

    #expect(unsettled == [3, 4], "nobody knows of batch 7")
    #expect(try await redis.list("celeriac:loan:w:1") == Array(repeating: tombstone, count: 4))
    #expect(try await redis.list("q") == ["2"])
    #expect(try await redis("EXISTS", "celery-task-meta-id5").integer == 0)
    #expect(try await redis("GET", "celery-task-meta-id3").text == "record 3")
  }

  @Test func `what is refused of a run stays on loan, and the rest is done`() async throws {
    let redis = try await bench(holding: 3)
    try await redis(
      "ACL", "SETUSER", "default", "resetkeys", "~q", "~celeriac:*", "~celery-task-meta-id[02]")

    let refused = try await redis.settleRefused("w", run(closing: true, [0, 1, 2]))

    #expect(refused.keys.sorted() == [1])
    #expect(try await redis.list("celeriac:loan:w:1").reversed() == [tombstone, "2", tombstone])
    #expect(try await redis("HEXISTS", "celeriac:loans:w", "1").integer == 1)
    #expect(try await redis("GET", "celery-task-meta-id2").text == "record 2")
  }

  @Test func `only successes of one batch with one expiry make a run`() {
    let settlements = [
      success(1, 0), success(1, 1), success(1, 2, expiry: 9), success(2, 0),
      Settlement(Loan(batch: 2, index: 1), .acknowledge), success(2, 2),
    ]

    let together = words(SettleArguments(settlements, closed: [2], withResults: true, asRuns: true))
    let apart = words(SettleArguments(settlements, closed: [2], withResults: true, asRuns: false))

    #expect(
      together == [
        "1", "2", "A", "0", "60", "0", "id", "record", "1", "id", "record",
        "1", "1", "A", "0", "9", "2", "id", "record",
        "2", "1", "A", "1", "60", "0", "id", "record",
        "2", "1", "a", "1", "-",
        "2", "1", "A", "1", "60", "2", "id", "record",
      ])
    #expect(apart.count == 5 * 8 + 5)
  }

  private func bench(holding count: Int) async throws -> ScriptBench {
    let redis = try await ScriptBench()
    try await redis.register("w")
    for number in 1...count { try await redis("LPUSH", "q", "\(number)") }
    _ = try await redis.take(count, for: "w", batch: 1)
    return redis
  }

  private func run(batch: Int = 1, closing: Bool = false, _ indices: [Int]) -> [String] {
    ["\(batch)", "\(indices.count)", "A", closing ? "1" : "0", "60"]
      + indices.flatMap { ["\($0)", "id\($0)", "record \($0)"] }
  }

  private func success(_ batch: Int, _ index: Int, expiry: Int = 60) -> Settlement {
    Settlement(
      Loan(batch: batch, index: index), .acknowledge,
      result: ResultWrite(
        id: "id", state: .success, bytes: Array("record".utf8), expiry: .seconds(expiry)))
  }

  // What is announced is what is written.
  private func words(_ arguments: SettleArguments) -> [String] {
    var writer = RESPWriter()
    arguments.write(to: &writer)
    let parts = String(decoding: writer.bytes, as: UTF8.self).split(separator: "\r\n")
    let words = stride(from: 1, to: parts.count, by: 2).map { String(parts[$0]) }
    #expect(words.count == arguments.argumentCount)
    return words
  }
}
