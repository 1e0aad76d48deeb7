import TestSupport

@testable import CeleriacRedis

/// All faults of all steps of a scenario.
struct Enumeration: Sendable {
  /// Steps that come again and again with time: the first so many stand for the others.
  private static let cap: [Step: Int] = [
    .handshake: 3, .takeSuspects: 4, .renew: 2, .promote: 2, .look: 2, .wait: 2, .reclaim: 2,
  ]

  /// Each step, and which of its occurrences.
  let steps: [(step: Step, occurrence: Int)]

  init(_ counts: [Step: Int]) {
    steps = Step.allCases.flatMap { step in
      let count = counts[step, default: 0]
      return (0..<min(count, Self.cap[step] ?? count)).map { (step, $0 + 1) }
    }
  }

  private init(steps: [(step: Step, occurrence: Int)]) {
    self.steps = steps
  }

  /// Those that are struck in a scenario.
  func focused(on scenario: Scenario) -> Enumeration {
    Enumeration(
      steps: steps.filter { step, occurrence in
        let isMeant = Depth.isFull || scenario.focus?.contains(step) ?? true
        return isMeant
          && !scenario.given.contains { $0.step == step && $0.occurrence == occurrence }
      })
  }

  func faults(_ blows: [Fault.Blow], _ points: [Fault.Point]) -> [Fault] {
    steps.flatMap { step, occurrence in
      blows.flatMap { blow in
        points.map { Fault(blow: blow, point: $0, step: step, occurrence: occurrence) }
      }
    }
  }

  /// The steps and their number, for a log.
  var figure: String {
    Step.allCases.compactMap { step in
      let count = steps.count { $0.step == step }
      return count > 0 ? "\(step.rawValue) × \(count)" : nil
    }.joined(separator: ", ")
  }
}

/// What one run of a scenario has shown.
struct StepRun: Sendable {
  let fault: Fault?
  let wasStruck: Bool
  let verdict: Verdict
  let counts: [Step: Int]
  let time: Duration

  func shows(_ steps: Set<Step>) -> Bool { steps.allSatisfy { counts[$0, default: 0] > 0 } }
}

extension Scenario {
  /// How long a call waits for its time, longer in each further try: on a busy machine a worker may take
  /// it no sooner than then, and the steps of waiting do not come.
  private static let delays: [Duration] = [
    .milliseconds(1200), .milliseconds(2400), .milliseconds(4800), .milliseconds(9600),
  ]

  /// Lives through it without a fault, until it has shown all that it is there for.
  func rehearse() async throws -> StepRun {
    for delay in Self.delays.dropLast() {
      let run = try await run(nil, delay)
      if run.shows(shows) || !run.verdict.broken.isEmpty { return run }
    }
    return try await run(nil, Self.delays[Self.delays.count - 1])
  }

  /// Lives through it until the fault finds what it is to strike: the order of some steps is left to
  /// chance.
  func runUntilStruck(_ fault: Fault) async throws -> StepRun {
    for delay in Self.delays.dropLast() {
      let run = try await run(fault, delay)
      if run.wasStruck || !run.verdict.broken.isEmpty { return run }
    }
    return try await run(fault, Self.delays[Self.delays.count - 1])
  }

  private func run(_ fault: Fault?, _ delay: Duration) async throws -> StepRun {
    let start = ContinuousClock.now
    let world = try await World()
    if isWarm { try await world.loadScripts() }
    world.proxy.plan.arm(given + (fault.map { [$0] } ?? [])) { [weak world] in world?.replace($0) }
    try await live(world, delay)
    if let fault, fault.step == .renew {
      // The next one comes by itself.
      _ = try await eventually(.seconds(5)) { world.proxy.plan.struck.contains(fault) }
    }
    let verdict = try await world.conclude()
    let struck = world.proxy.plan.struck
    return StepRun(
      fault: fault, wasStruck: fault.map { struck.contains($0) } ?? true, verdict: verdict,
      counts: world.proxy.plan.counts, time: start.duration(to: .now))
  }
}

extension World {
  /// Tells Redis the scripts, so that each call of one is a single command.
  func loadScripts() async throws {
    let scripts: [RedisScript] = [
      .register, .take, .takeSuspects, .settle, .tick, .release, .store, .fire, .beatState, .push,
      .revoke, .storeRevocation,
    ]
    for script in scripts { try await redis("SCRIPT", "LOAD", script.source) }
  }
}

/// Runs a body for each element, a few at a time.
func inParallel<Element: Sendable, Value: Sendable>(
  _ width: Int, _ elements: [Element],
  _ body: @escaping @Sendable (Element) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: Value.self) { group in
    var rest = elements[...]
    for element in rest.prefix(width) { group.addTask { try await body(element) } }
    rest = rest.dropFirst(width)
    var values: [Value] = []
    for try await value in group {
      values.append(value)
      if let next = rest.popFirst() { group.addTask { try await body(next) } }
    }
    return values
  }
}
