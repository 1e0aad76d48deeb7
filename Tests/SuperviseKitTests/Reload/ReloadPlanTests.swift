import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ReloadPlanTests {
  var plan = ReloadPlan()

  @Test mutating func `a worker is replaced before its predecessor drains`() {
    let begun = prove([worker(1)])
    let ready = plan.receive(.ready("worker.1"), at: ms(83))

    #expect(begun == [.start("worker.1", .new)])
    #expect(ready.first == .drain("worker.1"))
    #expect(reportText(ready) == "reload #1: demo changed, worker in 83 ms")
  }

  @Test mutating func `beat's successor waits for its end`() {
    let begun = prove([beat])
    let ended = plan.receive(.ended("beat.1"), at: ms(8))
    let ready = plan.receive(.ready("beat.1"), at: ms(12))

    #expect(begun == [.stop("beat.1")])
    #expect(ended == [.start("beat.1", .new)])
    #expect(reportText(ready) == "reload #1: demo changed, beat in 12 ms")
  }

  @Test mutating func `a singleton is never drained beside its successor`() {
    let begun = prove([instance("beat.1", .drain, isSingleton: true)])

    #expect(begun == [.stop("beat.1")])
  }

  @Test mutating func `the canary is a worker; the rest follows kind by kind`() {
    #expect(prove([beat, worker(1), worker(2)]) == [.start("worker.1", .new)])
    #expect(
      plan.receive(.ready("worker.1"), at: ms(20))
        == [.drain("worker.1"), .stop("beat.1"), .start("worker.2", .new)])
    #expect(plan.receive(.ended("beat.1"), at: ms(21)) == [.start("beat.1", .new)])
    #expect(plan.receive(.ready("beat.1"), at: ms(30)) == [])
    let ready = plan.receive(.ready("worker.2"), at: ms(40))

    #expect(
      reportText(ready) == "reload #1: demo changed, beat in 30 ms, worker 2/2 in 40 ms")
    #expect(!plan.isReloading)
  }

  @Test mutating func `a long task of one worker does not keep the next on old code`() {
    _ = prove([worker(1), worker(2)])
    let ready = plan.receive(.ready("worker.1"), at: ms(20))

    #expect(ready == [.drain("worker.1"), .start("worker.2", .new)])
  }

  @Test mutating func `a place has one process that still drains, and the next reload waits`() {
    _ = prove([worker(1)])
    _ = plan.receive(.ready("worker.1"), at: ms(20))

    #expect(prove([worker(1)], at: .newer) == [.heldUp("worker.1")])
    // It is said once, whatever else happens.
    #expect(plan.receive(.drained("nobody"), at: ms(400)) == [])
    #expect(plan.receive(.drained("worker.1"), at: ms(500)) == [.start("worker.1", .newer)])
  }

  @Test mutating func `one that nobody drains for goes first in the next reload`() {
    _ = prove([worker(1), worker(2)])
    _ = plan.receive(.ready("worker.1"), at: ms(20))
    _ = plan.receive(.ready("worker.2"), at: ms(30))
    _ = plan.receive(.drained("worker.2"), at: ms(40))

    #expect(prove([worker(1), worker(2)], at: .newer) == [.start("worker.2", .newer)])
    #expect(
      plan.receive(.ready("worker.2"), at: ms(50)) == [.drain("worker.2"), .heldUp("worker.1")])
    #expect(plan.receive(.drained("worker.1"), at: ms(60)) == [.start("worker.1", .newer)])
  }

  @Test mutating func `a canary that fails keeps all on the build they have`() {
    _ = prove([worker(1), worker(2), beat])
    let failed = plan.receive(.failed("worker.1", reason: "signal 11"), at: ms(5))

    #expect(failed.count == 1)
    #expect(
      reportText(failed)
        == "reload #1: demo changed; worker.1 failed on the new build (signal 11); "
        + "worker, beat still on the previous one")
    #expect(!plan.isReloading)
  }

  @Test mutating func `a canary that was stopped for the new build goes back to the old one`() {
    _ = prove([instance("web.1", .restart), instance("web.2", .restart)])
    _ = plan.receive(.ended("web.1"), at: ms(1))
    let failed = plan.receive(.failed("web.1", reason: "exit 1"), at: ms(5))

    #expect(failed.first == .restore("web.1", .old))
    #expect(failed.count == 2)
  }

  @Test mutating func `a canary whose predecessor died meanwhile goes back as well`() {
    _ = prove([worker(1)])
    #expect(plan.receive(.ended("worker.1"), at: ms(1)) == [])

    #expect(
      plan.receive(.failed("worker.1", reason: "exit 1"), at: ms(5)).first
        == .restore("worker.1", .old))
  }

  @Test mutating func `a worker whose predecessor died meanwhile has nobody to drain`() {
    _ = prove([worker(1)])
    _ = plan.receive(.ended("worker.1"), at: ms(1))
    let ready = plan.receive(.ready("worker.1"), at: ms(9))

    #expect(ready.count == 1)
    #expect(reportText(ready) == "reload #1: demo changed, worker in 9 ms")
  }

  @Test mutating func `what failed on the old build has no way back`() {
    _ = prove([instance("web.1", .restart, image: nil)])
    _ = plan.receive(.ended("web.1"), at: ms(1))

    #expect(plan.receive(.failed("web.1", reason: "exit 1"), at: ms(5)).count == 1)
  }

  @Test mutating func `a later failure stops its own kind only`() {
    _ = prove([worker(1), worker(2), worker(3), beat])
    _ = plan.receive(.ready("worker.1"), at: ms(20))
    _ = plan.receive(.failed("worker.2", reason: "port in use"), at: ms(30))
    _ = plan.receive(.ended("beat.1"), at: ms(35))
    let ready = plan.receive(.ready("beat.1"), at: ms(40))

    #expect(
      reportText(ready)
        == "reload #1: demo changed, worker 1/3 in 20 ms, beat in 40 ms; worker.2 failed on the"
        + " new build (port in use); worker still on the previous one")
  }

  @Test mutating func `equal bytes change nothing`() {
    let actions = prove([worker(1), beat], at: .old)

    #expect(actions == [.unchanged(["/app/demo"])])
    #expect(!plan.isReloading)
  }

  @Test mutating func `only instances of the executable that changed are touched`() {
    let other = instance("mailer.1", .restart, executable: "/app/mailer")

    #expect(prove([other, worker(1)]) == [.start("worker.1", .new)])
    #expect(!plan.isReplacing("mailer.1"))
  }

  @Test mutating func `nothing is said of those that stayed as they were beside one that changed`()
  {
    let redis = instance("redis.1", .none, executable: "/bin/redis-server")
    let builds: [String: FileIdentity] = ["/app/demo": .new, "/bin/redis-server": .old]

    let actions = plan.receive(.proven(builds, [redis, worker(1)]), at: ms(0))

    #expect(actions == [.start("worker.1", .new)])
  }

  @Test mutating func `a process that is to be left alone is left alone`() {
    #expect(prove([instance("redis.1", .none)]) == [.unchanged(["/app/demo"])])
  }

  @Test mutating func `a signal is sent after the canary, or at once without one`() {
    let web = instance("web.1", .signal(1))
    #expect(prove([web, worker(1)]) == [.start("worker.1", .new)])
    let ready = plan.receive(.ready("worker.1"), at: ms(20))
    #expect(ready.starts(with: [.drain("worker.1"), .signal("web.1", 1, .new)]))

    let alone = prove([web], at: .newer)
    #expect(alone.first == .signal("web.1", 1, .newer))
    #expect(reportText(alone) == "reload #2: demo changed, web in 0 ms")
  }

  @Test mutating func `a newer build cuts the reload short and is taken up after it`() {
    _ = prove([worker(1), worker(2)])
    let newer = prove([worker(1), worker(2)], at: .newer)
    let ended = plan.receive(.failed("worker.1", reason: "signal 15"), at: ms(30))

    #expect(newer == [.abandon("worker.1")])
    #expect(reportText(ended) == "reload #1: demo changed, again, for it changed meanwhile")
    #expect(ended.last == .again(["/app/demo"]))
  }

  @Test mutating func `the same build proven twice is no newer one`() {
    _ = prove([worker(1)])

    #expect(prove([worker(1)]) == [])
    #expect(plan.receive(.ready("worker.1"), at: ms(5)).count == 2)
  }

  @Test mutating func `an instance that the user stops is left out`() {
    _ = prove([worker(1), worker(2)])

    #expect(plan.receive(.withdrawn("worker.1"), at: ms(2)) == [.start("worker.2", .new)])
    #expect(plan.receive(.ready("worker.1"), at: ms(3)) == [])
    #expect(!plan.isReplacing("worker.1"))
  }

  @Test(arguments: [
    ReloadPlan.Event.ready("worker.2"), .failed("worker.2", reason: "exit 1"), .ended("worker.2"),
    .drained("worker.2"), .ready("nobody"), .failed("nobody", reason: "exit 1"), .ended("nobody"),
    .drained("nobody"), .withdrawn("nobody"),
  ])
  mutating func `news of an instance that waits or is unknown changes nothing`(
    event: ReloadPlan.Event
  ) {
    let idle = plan.receive(event, at: ms(0))
    _ = prove([worker(1), worker(2)])
    let busy = plan.receive(event, at: ms(1))

    #expect(idle == [])
    #expect(busy == [])
    #expect(plan.isReplacing("worker.1"))
    #expect(!plan.isReplacing("worker.2"))
  }

  @Test(arguments: [
    ReloadPlan.Event.ready("web.1"), .failed("web.1", reason: "exit 1"), .drained("web.1"),
  ])
  mutating func `a process being stopped is awaited, whatever else is told of it`(
    event: ReloadPlan.Event
  ) {
    _ = prove([instance("web.1", .restart)])
    let early = plan.receive(event, at: ms(1))
    let ended = plan.receive(.ended("web.1"), at: ms(2))

    #expect(early == [])
    #expect(ended == [.start("web.1", .new)])
  }

  @Test mutating func `all instances withdrawn end the reload`() {
    _ = prove([worker(1)])

    #expect(reportText(plan.receive(.withdrawn("worker.1"), at: ms(2))) != nil)
    #expect(!plan.isReloading)
  }

  private let beat = instance("beat.1", .restart, isSingleton: true)

  private mutating func prove(
    _ instances: [ReloadInstance], at build: FileIdentity = .new
  ) -> [ReloadPlan.Action] {
    plan.receive(.proven(["/app/demo": build], instances), at: ms(0))
  }

  private func worker(_ number: Int) -> ReloadInstance { instance("worker.\(number)", .drain) }

  private func reportText(_ actions: [ReloadPlan.Action]) -> String? {
    for case .report(let report) in actions { return report.description }
    return nil
  }

  private func ms(_ time: Int) -> ContinuousClock.Instant { .zero + .milliseconds(time) }
}

/// An instance on the old build, of the kind that its name says.
func instance(
  _ name: String, _ policy: ReloadPolicy, isSingleton: Bool = false,
  image: FileIdentity? = .old, executable: String = "/app/demo"
) -> ReloadInstance {
  ReloadInstance(
    name: name, label: name, kind: String(name.prefix { $0 != "." }), executable: executable,
    image: image, policy: policy, isSingleton: isSingleton)
}

extension FileIdentity {
  static let old = build(1)
  static let new = build(2)
  static let newer = build(3)

  static func build(_ number: UInt64) -> FileIdentity {
    FileIdentity(device: 1, inode: number, size: 100, modifiedNanoseconds: 0)
  }
}
