import Testing

/// The scripts do what the model of the protocol says they do: its tests are about these scripts.
@Suite(.timeLimit(.minutes(1)))
struct ModelConformanceTests {
  @Test(arguments: UInt64(1)...20)
  func `each step leaves every message where the model has it`(seed: UInt64) async throws {
    try await expectConformance(of: ModelReplay(seed: seed))
  }

  @Test(arguments: UInt64(1)...10)
  func `and shows just what is on loan to Celery's workers`(seed: UInt64) async throws {
    try await expectConformance(of: ModelReplay(seed: seed, isVisible: true))
  }

  private func expectConformance(of replay: ModelReplay) async throws {
    var replay = replay

    for _ in 0..<200 {
      try await replay.step()
      let seen = try await replay.seen()
      try #require(seen == replay.expected, "\(replay.steps.suffix(12))")
    }

    let kinds = Set(replay.steps.map { $0.prefix { $0 != " " } })
    #expect(kinds.count >= 10, "nearly every kind of step")
  }
}
