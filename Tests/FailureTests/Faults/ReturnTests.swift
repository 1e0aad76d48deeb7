import TestSupport
import Testing

/// A Redis that is killed and comes back.
@Suite(.timeLimit(.minutes(15)), .serialized)
struct ReturnTests {
  /// What a Redis comes back with.
  enum Memory: String, CaseIterable, Sendable {
    case all
    case nothing
  }

  @Test(arguments: Memory.allCases)
  func `consumption goes on within two seconds of Redis' return, each time`(
    _ memory: Memory
  ) async throws {
    let rounds = Depth.of(20, full: 100)
    let pauses = try await inParallel(4, Array(0..<4)) { _ in
      try await returns(rounds / 4, with: memory)
    }.flatMap(\.self).sorted()

    let late = pauses.count { $0 > .seconds(2) }
    let median = pauses[pauses.count / 2]
    print(
      "figure: Redis killed and back with \(memory.rawValue) of its data: \(rounds - late) of "
        + "\(rounds) times consumption went on within 2 s; median \(median.formatted), worst "
        + "\(pauses.last?.formatted ?? "")")
    #expect(pauses.count == rounds)
    #expect(late == 0)
  }

  private func returns(_ rounds: Int, with memory: Memory) async throws -> [Duration] {
    let world = try await World()
    try world.work(concurrency: 2)
    var pauses: [Duration] = []
    for round in 0..<rounds {
      let probe = try await world.encoded(.run("probe\(round)"))
      world.server.kill()
      // So short that no worker has noticed, or so long that they ask seldom.
      try await Task.sleep(for: .milliseconds(.random(in: 0...4000)))
      if memory == .nothing { world.server.loseData() }
      try await world.server.restart()
      pauses.append(try await world.pause(before: probe))
    }
    if memory == .all {
      let verdict = try await world.conclude()
      #expect(verdict.broken == [])
      #expect(verdict.repeated == 0)
    }
    return pauses
  }

  @Test func `a Redis that loads its data is waited for`() async throws {
    // Each command of the log takes this long to load, in microseconds.
    let world = try await World(options: ["--key-load-delay", "300"])
    try await world.redis(
      "EVAL", "for i = 1, 10000 do redis.call('SET', 'ballast:' .. i, i) end", "0")
    try world.work(concurrency: 4)
    try await world.send(Call.many(400, milliseconds: 5))
    #expect(try await eventually { world.runs.ends.count > 20 })
    let probe = try await world.encoded(.run("probe"))

    world.server.kill()
    try world.server.launch()
    let sawLoading = try await eventually(.seconds(5)) { try await world.isLoading() }
    try await world.server.waitUntilReady()
    let pause = try await world.pause(before: probe)
    let verdict = try await world.conclude()

    print("figure: LOADING: \(verdict.figure); work goes on \(pause.formatted) after")
    #expect(sawLoading)
    #expect(verdict.broken == [])
    #expect(pause < .seconds(2))
  }

  @Test func `a server killed again and again loses no call`() async throws {
    let world = try await World()
    for _ in 1...2 { try world.work(concurrency: 4, prefetch: 8) }
    for round in 0..<8 {
      try await world.send(Call.many(250, "r\(round)-"))
      try await Task.sleep(for: .milliseconds(.random(in: 10...100)))
      world.server.kill()
      try await world.server.restart()
    }
    let verdict = try await world.conclude(within: .seconds(60))

    print("figure: 8 kills of Redis over \(verdict.figure)")
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
  }
}

extension World {
  fileprivate func isLoading() async throws -> Bool {
    guard let client = PlainClient(server.socketPath) else { return false }
    return client.reply(to: ["PING"]).map { String(decoding: $0, as: UTF8.self) }?
      .hasPrefix("-LOADING") ?? false
  }
}
