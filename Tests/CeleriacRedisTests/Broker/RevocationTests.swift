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
}
