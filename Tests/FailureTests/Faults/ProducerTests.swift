import CeleriacCore
import CeleriacRedis
import TestSupport
import Testing

/// A producer whose connection breaks at any point of a send.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct ProducerTests {
  @Test(arguments: Fault.Point.allCases)
  func `a send that returns has sent all, and one that throws all or nothing`(
    _ point: Fault.Point
  ) async throws {
    // One list is an LPUSH, two are a script.
    for priorities in [[0, 0, 0], [0, 6, 0]] {
      let world = try await World()
      try await world.loadScripts()
      let producer = try TaskQueue.redis(world.proxy.url)
      world.proxy.plan.arm([.cut(point, of: .send)])
      let calls = zip(Call.many(3), priorities).map { call, priority in
        call.signature.priority(TaskPriority(priority))
      }

      let wasAccepted = (try? await producer.send(calls)) != nil

      let count = try await world.messagesWaiting().values.reduce(0, +)
      #expect(world.proxy.plan.struck.count == 1)
      #expect(count == 0 || count == 3)
      #expect(!wasAccepted)
      await producer.broker.close()
    }
  }

  @Test func `a beat that is cut or killed at any step fires each instant once`() async throws {
    let dry = try await fire(nil)
    let enumeration = Enumeration([.beatState: dry.counts[.beatState, default: 0], .fire: 3])
    let faults = enumeration.faults([.cut, .kill], Fault.Point.allCases)

    let runs = try await inParallel(8, faults) { try await fire($0) }

    print(
      "figure: beat: \(enumeration.steps.count) steps × 10 faults = \(runs.count) runs; "
        + "\(runs.count { !$0.wasStruck }) not reached, "
        + "\(runs.reduce(0) { $0 + $1.instants }) instants, \(runs.reduce(0) { $0 + $1.sent }) calls"
    )
    for run in runs {
      let what = run.fault?.description ?? ""
      #expect(run.sent <= run.instants, "\(what)")
      // Of what falls due while a beat is away, the last is made up for: its entry asks for that.
      #expect(run.sent >= run.instants - 1, "\(what)")
      #expect(run.wasStruck, "\(what)")
    }
  }

  private struct Firing: Sendable {
    let fault: Fault?
    let counts: [Step: Int]
    let wasStruck: Bool
    /// How many messages there are, and how many instants there were.
    let sent: Int
    let instants: Int
  }

  // An entry of every second, until four instants have been.
  private func fire(_ fault: Fault?) async throws -> Firing {
    let world = try await World()
    try await world.loadScripts()
    world.proxy.plan.arm(fault.map { [$0] } ?? []) { [weak world] pid in
      world?.end(pid)
      _ = try? world?.beat()
    }
    try world.beat()
    _ = try await eventually(.seconds(20), every: .milliseconds(50)) {
      try await world.instants() >= 4
    }
    try await world.stop()
    return Firing(
      fault: fault, counts: world.proxy.plan.counts,
      wasStruck: fault == nil || !world.proxy.plan.struck.isEmpty,
      sent: try await world.redis.integer("LLEN", "celery"), instants: try await world.instants())
  }
}

extension World {
  /// How many instants of the entry of every second have been fired or left out.
  fileprivate func instants() async throws -> Int {
    let fields = try await redis("HGETALL", "celeriac:beat:fixture.tick").array ?? []
    let number = { (name: String) in
      fields.firstIndex { $0.text?.hasPrefix(name) ?? false }
        .flatMap { fields[$0 + 1].text }.flatMap { Int($0) }
    }
    guard let anchor = number("anchor:"), let last = number("last")
    else { return 0 }
    return (last - anchor) / 1000
  }
}
