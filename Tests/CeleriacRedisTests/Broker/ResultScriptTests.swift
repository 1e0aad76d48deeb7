import CeleriacCore
import Testing

@testable import CeleriacRedis

/// A success is never overwritten, and nothing else is taken for one.
@Suite(.timeLimit(.minutes(1)))
struct ResultScriptTests {
  private static let failure = #"{"status": "FAILURE", "result": null}"#

  @Test(arguments: [
    (#"{"status": "SUCCESS", "result": 1}"#, true),
    (#"{"status":"SUCCESS","result":1}"#, true),
    (#" { "status" : "SUCCESS" , "result": 1}"#, true),
    (#"{"task_id": "a", "result": 1, "status": "SUCCESS"}"#, true),
    (#"{"status": "PROGRESS", "result": {"status": "SUCCESS"}}"#, false),
    (#"{"result": {"status": "SUCCESS"}, "status": "STARTED"}"#, false),
    (#"{"status": "SUCCESSFUL", "result": 1}"#, false),
    (#"{"result": "SUCCESS", "status""#, false),
    ("SUCCESS", false), ("", false),
  ])
  func `a record is kept where it is a success's`(record: String, isKept: Bool) async throws {
    let redis = try await ScriptBench()
    try await redis("SET", "celery-task-meta-a", record)
    try await redis.register("w")
    try await redis("LPUSH", "q", "1")
    _ = try await redis.take(1, for: "w", batch: 1)

    let reply = try await redis.run(.store, ["celery-task-meta-a"], "60", Self.failure)
    #expect(reply.integer == (isKept ? 0 : 1))
    try await redis("SET", "celery-task-meta-a", record)
    #expect(
      try await redis.settle("w", ["1", "0", "a", "1", "O", "a", "60", Self.failure]) == [])

    let left = try await redis("GET", "celery-task-meta-a").text
    #expect(left == (isKept ? record : Self.failure))
  }
}
