import CeleriacRedis
import TestSupport
import Testing

/// A primary that becomes a replica, and a replica that becomes primary.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct FailoverTests {
  @Test func `a planned failover loses nothing and repeats nothing`() async throws {
    let (world, replica) = try await pair()
    try await busy(world)
    let probe = try await world.encoded(.run("probe"))

    try await world.pauseWrites()
    try await replica.redis("REPLICAOF", "NO", "ONE")
    world.proxy.lead(to: replica.server.socketPath)
    let pause = try await replica.pause(before: probe, runsIn: world)
    try await world.follow(replica.server)
    let verdict = try await world.conclude(within: .seconds(60))

    print("figure: planned failover: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    #expect(pause < .seconds(2))
  }

  // What the dead primary had not yet told its replica may be done again: replication is
  // asynchronous. What was accepted and replicated is not lost.
  @Test func `a primary that dies loses nothing that its replica has`() async throws {
    let (world, replica) = try await pair()
    try await busy(world)
    let probe = try await world.encoded(.run("probe"))
    #expect(try await world.redis("WAIT", "1", "5000").integer == 1)

    let pause = try await lose(world, to: replica, before: probe)
    let verdict = try await world.conclude(within: .seconds(60))

    print("figure: primary killed: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(verdict.broken.filter { $0.kind != .repeated } == [])
    #expect(pause < .seconds(2))
  }

  // The replica has loans that were settled since, under the names of workers that live on.
  @Test func `a replica that was behind leaves nothing on loan`() async throws {
    let (world, replica) = try await pair()
    try await busy(world)
    try await replica.redis("REPLICAOF", "NO", "ONE")
    let settled = world.runs.ends.count
    #expect(try await eventually { world.runs.ends.count > settled + 50 })
    let probe = try await world.encoded(.run("probe"))
    let pause = try await lose(world, to: replica, before: probe)
    let verdict = try await world.conclude(within: .seconds(30))

    print("figure: replica behind: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(verdict.broken.filter { $0.kind != .repeated } == [])
    #expect(verdict.repeated > 0, "it was behind")
  }

  @Test func `a primary that is a read-only replica for a while is waited for`() async throws {
    let (world, replica) = try await pair()
    try await busy(world)
    let probe = try await world.encoded(.run("probe"))

    try await world.pauseWrites()
    try await replica.redis("REPLICAOF", "NO", "ONE")
    try await world.follow(replica.server)
    try await Task.sleep(for: .seconds(4))  // longer than a lease
    try await world.redis("REPLICAOF", "NO", "ONE")
    let pause = try await world.pause(before: probe)
    let verdict = try await world.conclude(within: .seconds(60))

    print("figure: read-only for 4 s: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    #expect(pause < .seconds(2))
  }

  /// A second server.
  private struct Replica {
    let server: RedisServer
    let redis: PlainRedis

    func pause(before probe: EncodedCall, runsIn world: World) async throws -> Duration {
      try await world.pause(before: probe, at: server.socketPath)
    }
  }

  private func pair() async throws -> (World, Replica) {
    let world = try await World(.tcp)
    let port = try #require(world.server.port)
    let server = try await RedisServer.start(
      .tcp, options: ["--replicaof", "127.0.0.1", "\(port)", "--repl-diskless-sync-delay", "0"])
    let replica = Replica(server: server, redis: try PlainRedis(server.url))
    #expect(
      try await eventually {
        try await replica.redis("INFO", "replication").text?.contains("master_link_status:up")
          ?? false
      })
    return (world, replica)
  }

  /// Kills the primary for good: the replica takes its place, and it comes back as the other's.
  private func lose(
    _ world: World, to replica: Replica, before probe: EncodedCall
  ) async throws -> Duration {
    world.server.kill()
    try await replica.redis("REPLICAOF", "NO", "ONE")
    world.proxy.lead(to: replica.server.socketPath)
    let pause = try await replica.pause(before: probe, runsIn: world)
    try await world.server.restart()
    try await world.follow(replica.server)
    return pause
  }

  private func busy(_ world: World) async throws {
    try await world.send(Call.many(600, milliseconds: 20))
    for _ in 1...2 { try world.work(concurrency: 4, prefetch: 8) }
    #expect(try await eventually { world.runs.ends.count > 50 })
  }
}

extension World {
  /// Lets nobody write, and waits until the replica has all that was written.
  fileprivate func pauseWrites() async throws {
    try await redis("CLIENT", "PAUSE", "10000", "WRITE")
    #expect(
      try await eventually {
        let text = try await redis("INFO", "replication").text ?? ""
        let own = text.integer(after: "master_repl_offset:")
        let other = text.integer(after: ",offset=")
        return own != nil && own == other
      })
  }

  /// Makes the server another one's replica, and waits until it has its data.
  fileprivate func follow(_ other: RedisServer) async throws {
    try await redis("REPLICAOF", "127.0.0.1", "\(other.port ?? 0)")
    try await redis("CLIENT", "UNPAUSE")
    #expect(
      try await eventually {
        try await redis("INFO", "replication").text?.contains("master_link_status:up") ?? false
      })
  }
}

extension String {
  fileprivate func integer(after text: String) -> Int? {
    firstRange(of: text).flatMap { Int(self[$0.upperBound...].prefix { $0.isNumber }) }
  }
}
