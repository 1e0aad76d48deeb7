import Glibc
import TestSupport
import Testing

/// A small piece of a system's life, the same each time, whose every step is struck once.
struct Scenario: Sendable, CustomTestStringConvertible {
  /// Whether each run has the same steps.
  enum Order: Sendable {
    case fixed
    /// What travels together with what is left to chance, and so is how often.
    case chance
  }

  let name: String
  /// What strikes in every run of the scenario, because its steps exist only then.
  var given: [Fault] = []
  /// The steps that are struck here and not in another scenario; nil for all.
  var focus: Set<Step>?
  /// Whether Redis knows the scripts before.
  var isWarm = true
  var order = Order.fixed
  /// What a run without fault has to show: with one of them missing, its faults would be left out.
  var shows: Set<Step> = [.register, .take]
  /// Lives through it; a call that waits for its time waits this long.
  let live: @Sendable (World, _ delay: Duration) async throws -> Void

  var testDescription: String { name }

  static let all = [tasks, batch, cold, stop, crash, successor, lostTake, lostWake]

  /// Each way in which a call can end, one after the other, and one that wakes an idle worker.
  static let tasks = Scenario(name: "tasks", shows: kinds) { world, delay in
    try world.work(concurrency: 1, prefetch: 0)
    try await allKinds(world, after: delay)
  }

  private static let kinds: Set<Step> = [
    .register, .take, .success, .failure, .retry, .postpone, .promote, .bury, .acknowledge, .store,
  ]

  /// The same, many at once: settlements travel together.
  static let batch = Scenario(
    name: "tasks in batches",
    focus: [.take, .success, .failure, .retry, .postpone, .bury, .acknowledge, .store],
    order: .chance
  ) { world, delay in
    try world.work(concurrency: 8, prefetch: 8)
    try await allKinds(world, after: delay)
  }

  // The one that waits comes first, so that it is taken before its time.
  private static func allKinds(_ world: World, after delay: Duration) async throws {
    let eta = Clock.microseconds + Int(delay / .microseconds(1))
    try await world.send([
      Call(id: "later", kind: .run(milliseconds: 0), eta: eta),
      .run("success"), Call(id: "failure", kind: .fail), Call(id: "retried", kind: .retry),
      Call(id: "rejected", kind: .reject), Call(id: "early", kind: .early(milliseconds: 0)),
    ])
    _ = try await eventually(.seconds(20), every: .milliseconds(20)) { try await world.isSettled() }
    try await world.send([.run("lone")])
  }

  /// A Redis that has to be told the scripts first.
  static let cold = Scenario(
    name: "cold start", focus: [.loadScript, .register, .take], isWarm: false,
    shows: [.loadScript]
  ) { world, _ in
    try await world.send([.run("first")])
    try world.work()
  }

  /// A worker that is told to stop while it holds more than it runs, and another that goes on.
  static let stop = Scenario(
    name: "stop", focus: [.success, .requeue, .release, .unblock],
    shows: [.success, .release]
  ) { world, _ in
    let first = try world.work()
    try await world.send(Call.many(6, milliseconds: 300))
    // Until it holds some ready beside the one that runs.
    _ = try await eventually(.seconds(20)) {
      let left = try await world.redis.integer("LLEN", "celery")
      return left < 4 && !world.runs.isEmpty
    }
    first.signal(SIGTERM)
    try world.work()
  }

  /// A worker that dies with its work, and another that finds it when the lease has run out.
  static let crash = Scenario(
    name: "crash", focus: [.register, .take, .takeSuspects, .recover, .renew],
    shows: [.register, .take, .takeSuspects, .recover]
  ) { world, _ in
    let first = try world.work()
    try await world.send(Call.many(3, milliseconds: 200))
    _ = try await eventually(.seconds(20)) { !world.runs.isEmpty }
    if let pid = first.pid { world.end(pid) }
    try world.work()
  }

  /// A worker that dies with its work, and one that is told whose place it takes.
  static let successor = Scenario(
    name: "successor", focus: [.register, .takeOver, .take, .takeSuspects],
    shows: [.register, .takeOver, .take, .takeSuspects]
  ) { world, _ in
    let first = try world.work()
    try await world.send(Call.many(3, milliseconds: 200))
    _ = try await eventually(.seconds(20)) { !world.runs.isEmpty }
    if let pid = first.pid { world.end(pid) }
    try world.work(predecessor: "w1")
  }

  /// A taken batch of which the worker never hears.
  static let lostTake = Scenario(
    name: "lost take", given: [.cut(.beforeReply, of: .take)], focus: [.take, .reclaim, .release],
    shows: [.take, .reclaim]
  ) { world, _ in
    try await world.send(Call.many(3))
    try world.work()
  }

  /// A message that wakes a worker which never hears of it.
  static let lostWake = Scenario(
    name: "lost wake", given: [.cut(.beforeReply, of: .wait)], focus: [.take, .wait, .reclaim],
    order: .chance, shows: [.take, .wait, .reclaim]
  ) { world, _ in
    try world.work()
    _ = try await eventually { world.proxy.plan.counts[.wait, default: 0] >= 4 }
    try await world.send(Call.many(3))
  }
}
