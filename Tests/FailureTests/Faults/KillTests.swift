import Glibc
import TestSupport
import Testing

/// Workers that are killed or halted at any moment.
@Suite(.timeLimit(.minutes(20)), .serialized)
struct KillTests {
  @Test func `kills at random lose no call`() async throws {
    let (count, kills) = (Depth.of(20_000, full: 100_000), Depth.of(40, full: 100))
    let world = try await World()
    try await world.send(Call.many(count))
    let start = ContinuousClock.now
    var workers = try (0..<3).map { _ in try worker(world, after: nil) }

    for kill in 1...kills {
      let mark = count - kill * count / (kills + 1)
      try #require(
        try await eventually(.seconds(120)) {
          try await world.redis.integer("LLEN", "celery") < mark
        }
      )
      let victim = Int.random(in: 0..<workers.count)
      guard let pid = workers[victim].pid else { continue }
      world.end(pid)
      // Half of them have a supervisor, which says whose place the next one takes.
      workers[victim] = try worker(world, after: kill.isMultiple(of: 2) ? workers[victim] : nil)
    }
    let verdict = try await world.conclude(within: .seconds(120))

    print(
      "figure: \(kills) kills over \(verdict.figure); \(start.duration(to: .now).formatted)")
    #expect(verdict.broken == [])
    #expect(world.dead.count == kills)
  }

  @Test func `a worker that was halted past its lease changes nothing any more`() async throws {
    let world = try await World()
    let halted = try world.work(concurrency: 1, prefetch: 2)
    try await world.send(Call.many(3, "before", milliseconds: 2000))
    #expect(try await eventually { !world.runs.isEmpty })
    halted.signal(SIGSTOP)
    if let pid = halted.pid { world.excuse(pid) }
    let start = ContinuousClock.now
    // One comes while the halted worker still waits at the lists.
    try await world.send([.run("meanwhile")])
    let heir = try world.work(concurrency: 4)
    #expect(try await eventually(.seconds(20)) { Set(world.runs.ends.map(\.id)).count == 4 })
    let taken = start.duration(to: .now)
    let before = world.runs.filter { $0.pid == halted.pid }

    halted.signal(SIGCONT)
    try await world.send([.run("afterwards")])
    let verdict = try await world.conclude()

    print("figure: halted past its lease: all done elsewhere after \(taken.formatted)")
    #expect(verdict.broken == [])
    let after = world.runs.filter { $0.pid == halted.pid }.dropFirst(before.count)
    #expect(after.allSatisfy { $0.kind == .cancelled || $0.id == "afterwards" })
    _ = heir
  }

  @Test func `a task that takes ten leases, and one that burns all cores, run once each`()
    async throws
  {
    async let long = lonely(Call(id: "long", kind: .run(milliseconds: 30_000)))
    async let burning = lonely(Call(id: "burning", kind: .burn(seconds: 12)))
    for verdict in try await [long, burning] {
      print("figure: a task longer than its lease: \(verdict.figure)")
      #expect(verdict.broken == [])
      #expect(verdict.repeated == 0)
    }
  }

  // One call, and two workers, of which one is free to take it over.
  private func lonely(_ call: Call) async throws -> Verdict {
    let world = try await World()
    for _ in 1...2 { try world.work() }
    try await world.send([call])
    let verdict = try await world.conclude(within: .seconds(60))
    #expect(world.runs.count { $0.kind == .start } == 1)
    return verdict
  }

  private func worker(_ world: World, after other: ChildProcess?) throws -> ChildProcess {
    try world.work(
      concurrency: 4, prefetch: 16, url: world.server.url,
      predecessor: other.flatMap { world.name(of: $0) })
  }
}

extension [RunRecord] {
  var ends: [RunRecord] { filter { $0.kind == .end } }
}
