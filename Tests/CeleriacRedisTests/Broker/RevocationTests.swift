import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct RevocationTests {
  private let told = Recorder<TaskID>()

  @Test func `a worker that starts later knows what was revoked`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    #expect(try await queue.revoke("a", "b") == ["a", "b"])
    #expect(try await queue.results.read("a")?.state == .revoked)

    let picture = queue.broker.revocations { _ in }

    #expect(try await picture.ask("a"))
    #expect(try await picture.ask("c") == false)
    #expect(try await eventually(.seconds(30)) { picture.knows("c") == false })
    #expect(picture.knows("a") == true)
  }

  @Test func `a worker is told at once, and after its subscription was cut`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let picture = queue.broker.revocations { for id in $0 { told.add(id) } }
    #expect(try await eventually(.seconds(30)) { picture.knows("a") == false })

    try await queue.revoke("a")
    #expect(try await eventually(.seconds(30)) { told.all == ["a"] })

    let broker = try #require(queue.broker as? RedisBroker)
    var batch = RedisBatch()
    batch.append("CLIENT", "KILL", "TYPE", "pubsub")
    _ = try await broker.connection.run(batch)
    try await queue.revoke("b")
    #expect(try await picture.ask("b"))
    #expect(try await eventually(.seconds(30)) { told.all == ["a", "b"] })
  }

  @Test func `what the server has forgotten is forgotten after the next gap`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let picture = queue.broker.revocations { _ in }
    #expect(try await eventually(.seconds(30)) { picture.knows("a") == false })
    // More than one page.
    let ids = (0..<2500).map { TaskID("id-\($0)") }
    try await queue.broker.revoke(ids)
    #expect(try await eventually(.seconds(30)) { ids.allSatisfy { picture.knows($0) == true } })

    let broker = try #require(queue.broker as? RedisBroker)
    var batch = RedisBatch()
    batch.append("ZREM", Keys.revoked, "id-7")
    batch.append("CLIENT", "KILL", "TYPE", "pubsub")
    _ = try await broker.connection.run(batch)

    #expect(try await eventually(.seconds(30)) { picture.knows("id-7") == false })
    #expect(ids.filter { picture.knows($0) == true }.count == ids.count - 1)
  }

  @Test func `another database's revocations are none of ours`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let other = try TaskQueue.redis("unix://\(server.socketPath)?db=1")
    let picture = queue.broker.revocations { for id in $0 { told.add(id) } }
    #expect(try await eventually(.seconds(30)) { picture.knows("a") == false })

    try await other.broker.revoke(["theirs"])
    try await queue.broker.revoke(["ours"])

    #expect(try await eventually(.seconds(30)) { told.all == ["ours"] })
    #expect(picture.knows("theirs") == false)
  }

  @Test func `who may not use the channel revokes what waits, and hears again when it may`()
    async throws
  {
    let server = try await RedisServer.start()
    let admin = try #require(try TaskQueue.redis(server.url).broker as? RedisBroker)
    var batch = RedisBatch()
    batch.append("ACL", "SETUSER", "app", "on", ">pw", "~*", "resetchannels", "+@all")
    _ = try await admin.connection.run(batch)
    let url = "unix://app:pw@\(server.socketPath)"
    let queue = try TaskQueue.redis(url)
    let picture = queue.broker.revocations { for id in $0 { told.add(id) } }

    try await queue.broker.revoke(["a"])
    #expect(try await picture.ask("a"))
    #expect(picture.knows("a") == nil)

    batch = RedisBatch()
    batch.append("ACL", "SETUSER", "app", "allchannels")
    _ = try await admin.connection.run(batch)
    #expect(try await eventually(.seconds(30)) { told.all == ["a"] })
    #expect(try await eventually(.seconds(30)) { picture.knows("b") == false })
  }
}
