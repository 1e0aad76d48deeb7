import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacCLI
@testable import CeleriacRedis

/// `revoke`, and what `result` says of it, on a Redis of its own.
@Suite(.timeLimit(.minutes(1)))
struct RevokeCommandTests {
  private let server: RedisServer
  private let shell: Shell

  init() async throws {
    server = try await RedisServer.start()
    shell = Shell(server)
  }

  @Test func `a call that waits is revoked, and once more as well`() async {
    let id = await shell.run("call", "math.add", "-a", "[1, 2]").output

    for _ in 1...2 {
      let revoked = await shell.run("revoke", id)
      #expect(revoked.status == .fine)
      #expect(revoked.output == "revoked [\(id)]")
    }
    let result = await shell.run("result", id)
    #expect(result.status == .refused)
    #expect(result.notes.contains("revoked"))
  }

  @Test func `what has ended stays, and is no hindrance to the others`() async throws {
    let queue = try TaskQueue.redis(server.url)
    try await queue.results.store(
      ResultWrite(
        id: "done", state: .success,
        bytes: Array(#"{"status": "SUCCESS", "result": 3, "task_id": "done"}"#.utf8),
        expiry: .seconds(60)))
    let broker = try #require(queue.broker as? RedisBroker)
    var batch = RedisBatch()
    batch.append("RPUSH", "celery-task-meta-odd", "x")
    _ = try await broker.connection.run(batch)

    let revoked = await shell.run("revoke", "done", "odd", "other")
    #expect(revoked.status == .fine)
    #expect(revoked.output == "[done] has ended already\nrevoked [odd]\nrevoked [other]")
    let nothing = await shell.run("revoke", "done")
    #expect(nothing.status == .refused)
    #expect(nothing.notes.contains("nothing was left to be revoked"))
  }

  @Test func `no id, or an empty one, is a mistake`() async {
    #expect(await shell.run("revoke").status == .usage)
    #expect(await shell.run("revoke", "a", "").status == .usage)
  }

  @Test func `a result that is stored is shown each time it is asked for`() async throws {
    let queue = try TaskQueue.redis(server.url)
    try await queue.results.store(
      ResultWrite(
        id: "done", state: .success,
        bytes: Array(#"{"status": "SUCCESS", "result": 3, "task_id": "done"}"#.utf8),
        expiry: .seconds(60)))

    for _ in 1...50 { #expect(await shell.run("result", "done").output == "3") }
  }
}
