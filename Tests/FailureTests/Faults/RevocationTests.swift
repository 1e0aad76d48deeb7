import CeleriacCore
import CeleriacRedis
import TestSupport
import Testing

/// D12: a revocation is a fact in Redis, whoever dies, restarts or does not listen.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct RevocationTests {
  @Test func `what was revoked does not run, in the queue, later, or after a crash`() async throws {
    let world = try await World()
    let soon = Clock.microseconds + 4_000_000
    let calls = [Call.run("waiting"), Call(id: "later", kind: .run(milliseconds: 0), eta: soon)]
    let worker = try world.work(url: world.server.url)
    try await world.finishes("first")
    try await world.queue.send([calls[1].signature])
    try await world.queue.revoke("later")
    let pid = try #require(worker.pid)
    world.end(pid)
    try await world.queue.send([calls[0].signature])
    try await world.queue.revoke("waiting")

    world.server.kill()
    try await world.server.restart()
    try world.work(url: world.server.url)

    try await world.finishes("second")
    #expect(
      try await eventually(.seconds(30)) {
        let left = try await world.redis.integer("ZCARD", "celeriac:scheduled:celery")
        return left == 0 && Clock.microseconds > soon
      })
    try await world.finishes("third")
    #expect(Set(world.runs.map(\.id)) == ["first", "second", "third"])
    for call in calls {
      #expect(try await world.queue.results.read(TaskID(call.id))?.state == .revoked)
    }
  }

  @Test(arguments: [Step.read, .revoke, .storeRevocation], Fault.Point.allCases)
  func `a revocation that is cut says so, and holds when it is repeated`(
    _ step: Step, _ point: Fault.Point
  ) async throws {
    let world = try await World()
    try await world.loadScripts()
    let client = try TaskQueue.redis(world.proxy.url)
    for id in ["revoked", "kept"] { try await world.queue.send([Call.run(id).signature]) }
    world.proxy.plan.arm([.cut(point, of: step)])

    await #expect(throws: BrokerError.self) { try await client.revoke("revoked") }
    #expect(world.proxy.plan.struck.count == 1)
    #expect(try await client.revoke("revoked") == ["revoked"])
    try world.work(url: world.server.url)

    try await world.finishes("last")
    #expect(Set(world.runs.map(\.id)) == ["kept", "last"])
    #expect(try await world.queue.results.read("revoked")?.state == .revoked)
    await client.broker.close()
  }

  @Test(arguments: [Step.subscribe, .readRevocations], Fault.Point.allCases)
  func `a worker that is cut while it reads revocations runs none of them`(
    _ step: Step, _ point: Fault.Point
  ) async throws {
    let world = try await World()
    try await world.loadScripts()
    for id in ["revoked", "kept"] { try await world.queue.send([Call.run(id).signature]) }
    try await world.queue.revoke("revoked")
    world.proxy.plan.arm([.cut(point, of: step)])

    try world.work()

    try await world.finishes("last")
    #expect(world.proxy.plan.struck.count == 1)
    #expect(Set(world.runs.map(\.id)) == ["kept", "last"])
  }

  @Test func `work goes on where revocations can't be read`() async throws {
    let world = try await World()
    try await world.redis("SET", "celeriac:revoked", "a string")
    try world.work(url: world.server.url)

    try await world.finishes("first")
    try await world.redis("DEL", "celeriac:revoked")
    // The next load finds the set; from then on nothing is asked for.
    try await world.finishes("second")
    #expect(world.runs.map(\.id) == ["first", "first", "second", "second"])
  }

  @Test func `what runs is cancelled, also where the news was missed`() async throws {
    let world = try await World()
    try world.work(concurrency: 2, url: world.server.url)
    let result = try await world.queue.send(Call.run("one", milliseconds: 60_000).signature)
    #expect(try await eventually(.seconds(30)) { world.runs.contains { $0.id == "one" } })
    // Nobody hears it but by asking.
    try await world.redis("CLIENT", "KILL", "TYPE", "pubsub")
    #expect(try await result.revoke())

    await #expect(throws: TaskRevoked.self) { try await result.value(within: .seconds(30)) }
    #expect(try await eventually(.seconds(30)) { world.runs.contains { $0.kind == .cancelled } })
    #expect(
      try await eventually(.seconds(30)) {
        let waiting = try await world.redis.integer("LLEN", "celery")
        let onLoan = try await world.redis.keys("celeriac:loan:*")
        return waiting == 0 && onLoan.isEmpty
      })
    #expect(world.runs.map(\.kind) == [.start, .cancelled], "once")
    #expect(try await world.queue.results.read("one")?.state == .revoked)
  }
}

extension World {
  /// Sends a call and waits for its end.
  fileprivate func finishes(_ id: String) async throws {
    try await queue.send([Call.run(id).signature])
    #expect(
      try await eventually(.seconds(30)) { runs.contains { $0.id == id && $0.kind == .end } },
      "\(id)")
  }
}
