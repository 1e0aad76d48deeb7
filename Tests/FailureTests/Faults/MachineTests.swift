import CeleriacRedis
import Glibc
import TestSupport
import Testing

/// Faults of the machine and the network around Redis, where this machine lets a test make them.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct MachineTests {
  @Test(.enabled(if: Machine.hasNamespaces, "no network namespace with nft here"))
  func `a network that loses every tenth packet costs time and nothing else`() async throws {
    let network = try LossyNetwork()
    let world = try await World(
      .tcp, options: ["--bind", network.address, "127.0.0.1", "--protected-mode", "no"])
    let port = try #require(world.server.port)
    let url = "redis://\(network.address):\(port)/0"
    for _ in 1...2 {
      try world.work(concurrency: 4, prefetch: 8, url: url, under: network.enter)
    }
    try await world.send([.run("first")])
    #expect(try await eventually(.seconds(20)) { !world.runs.isEmpty })
    try network.lose(percent: 10)
    try await world.send(Call.many(500, milliseconds: 20))
    try await Task.sleep(for: .seconds(8))
    // For a while nothing at all comes through, for longer than a lease.
    try network.lose(percent: 100)
    try await Task.sleep(for: .seconds(5))
    let probe = try await world.encoded(.run("probe"))
    try network.lose(percent: 0)

    let pause = try await world.pause(before: probe)
    let verdict = try await world.conclude(within: .seconds(60))

    print(
      "figure: packet loss: 10 % for 8 s, all for 5 s: \(verdict.figure); work goes on "
        + "\(pause.formatted) after")
    #expect(verdict.broken.filter { $0.kind != .repeated } == [])
  }

  @Test(
    .enabled(if: Machine.hasCompiler, "no clang to make a clock with"), arguments: [3600, -3600])
  func `a clock that steps by an hour costs nothing`(_ step: Int) async throws {
    let clock = try SteppedClock()
    let world = try await World(under: clock.enter)
    for _ in 1...2 { try world.work(concurrency: 4, prefetch: 8) }
    try await world.send(Call.many(4, "long", milliseconds: 6000))
    try await world.send(Call.many(500, milliseconds: 20))
    #expect(try await eventually { world.runs.ends.count > 20 })
    let probe = try await world.encoded(.run("probe"))
    let before = try await world.redis("TIME").array?.first?.text.flatMap { Int($0) } ?? 0

    try clock.step(by: step)
    let after = try await world.redis("TIME").array?.first?.text.flatMap { Int($0) } ?? 0
    let pause = try await world.pause(before: probe)
    // A worker that dies now is recovered by the clock as it is.
    try await world.send(Call.many(20, "after", milliseconds: 300))
    let verdict = try await world.conclude(within: .seconds(60))

    print(
      "figure: clock steps by \(step) s: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(abs(after - before - step) < 10)
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    #expect(pause < .seconds(2))
  }

  @Test(.enabled(if: Machine.mounts, "no right to mount a small disk"))
  func `a disk that is full for the log costs nothing`() async throws {
    let disk = try SmallDisk(megabytes: 24)
    let world = try await World(options: ["--dir", disk.path])
    for _ in 1...2 { try world.work(concurrency: 4, prefetch: 8) }
    try await world.send(Call.many(4, "long", milliseconds: 5000))
    try await world.send(Call.many(500, milliseconds: 20))
    #expect(try await eventually { world.runs.ends.count > 20 })
    let probe = try await world.encoded(.run("probe"))

    try disk.fill()
    let wasHindered = try await eventually(.seconds(10), every: .milliseconds(50)) {
      do {
        try await world.redis("SET", "ballast", "x")
        return false
      } catch {
        return "\(error)".contains("MISCONF")
      }
    }
    try await Task.sleep(for: .seconds(4))  // longer than a lease
    disk.clear()
    #expect(
      try await eventually(.seconds(10)) { (try? await world.redis("SET", "ballast", "x")) != nil })
    let pause = try await world.pause(before: probe)
    let verdict = try await world.conclude(within: .seconds(60))

    print("figure: disk full: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(wasHindered)
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    #expect(pause < .seconds(2))
  }
}
