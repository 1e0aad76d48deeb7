import Testing

/// Every step of the delivery protocol is struck at every point: enumerated, not sampled.
///
/// A run without fault shows which steps a scenario has; then it is repeated for each of them.
@Suite(.timeLimit(.minutes(Depth.of(10, full: 60))), .serialized)
struct StepTests {
  private static let width = 14

  @Test(arguments: Scenario.all)
  func `cut or killed at any step, nothing is lost and nothing that lives runs twice`(
    _ scenario: Scenario
  ) async throws {
    let enumeration = try await enumerate(scenario)

    let faults = enumeration.faults([.cut, .kill], Fault.Point.allCases)
    let runs = try await inParallel(Self.width, faults) { try await scenario.runUntilStruck($0) }

    report(scenario, enumeration, 10, runs)
    expectKept(runs, in: scenario)
  }

  /// Half-open: the worker has to find out by itself, and a wait at a list is long by design.
  @Test(arguments: Depth.isFull ? Scenario.all : [.tasks])
  func `silenced at any step, nothing is lost and nothing runs twice`(
    _ scenario: Scenario
  ) async throws {
    let enumeration = try await enumerate(scenario)

    let faults = enumeration.faults([.silence], [.beforeCommand, .beforeReply])
    let runs = try await inParallel(2 * Self.width, faults) {
      try await scenario.runUntilStruck($0)
    }

    report(scenario, enumeration, 2, runs)
    expectKept(runs, in: scenario)
  }

  private func enumerate(_ scenario: Scenario) async throws -> Enumeration {
    let dry = try await scenario.rehearse()
    #expect(dry.verdict.broken == [])
    let missing = scenario.shows.filter { dry.counts[$0, default: 0] == 0 }
    #expect(missing.isEmpty, "their faults would be left out")
    return Enumeration(dry.counts).focused(on: scenario)
  }

  private func expectKept(_ runs: [StepRun], in scenario: Scenario) {
    for run in runs {
      let what = run.fault?.description ?? ""
      #expect(run.verdict.broken == [], "\(what)")
      // A further one of a kind may have travelled with the first: how many requests it takes depends
      // on how fast they are answered. And only a worker that takes before its first tick is answered
      // looks for suspects where there are none.
      if scenario.order == .fixed, run.fault?.occurrence == 1, run.fault?.step != .takeSuspects {
        #expect(run.wasStruck, "\(what) found nothing to strike")
      }
    }
    #expect(runs.count(where: \.wasStruck) * 10 >= runs.count * 8)
  }

  private func report(
    _ scenario: Scenario, _ enumeration: Enumeration, _ faults: Int, _ runs: [StepRun]
  ) {
    let broken = runs.reduce(0) { $0 + $1.verdict.broken.count }
    let repeated = runs.reduce(0) { $0 + $1.verdict.repeated }
    let longest = runs.map(\.time).max() ?? .zero
    print(
      "figure: \(scenario.name): \(enumeration.steps.count) steps × \(faults) faults = "
        + "\(runs.count) runs; \(runs.count { !$0.wasStruck }) not reached, \(repeated) calls run "
        + "again after a kill, \(broken) promises broken; longest \(longest.formatted)"
    )
    print("figure: \(scenario.name): steps: \(enumeration.figure)")
  }
}

extension Duration {
  /// Seconds with three digits.
  var formatted: String {
    let milliseconds = Int(self / .milliseconds(1))
    let fraction = String(1000 + milliseconds % 1000).dropFirst()
    return "\(milliseconds / 1000).\(fraction) s"
  }
}
