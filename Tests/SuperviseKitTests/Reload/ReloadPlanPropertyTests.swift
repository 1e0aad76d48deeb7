import TestSupport
import Testing

@testable import SuperviseKit

/// The plan against a world that answers late, in any order, and not always well.
@Suite(.timeLimit(.minutes(1)))
struct ReloadPlanPropertyTests {
  /// What runs under each name.
  private struct World {
    var plan: ReloadPlan
    var instances: [ReloadInstance]
    /// The processes that serve: none or one for a singleton, at least one while draining.
    var current: [String: FileIdentity]
    var starting: [String: FileIdentity] = [:]
    var stopping: Set<String> = []
    var draining: [String] = []
    var dying: Set<String> = []
    var again: Set<String> = []
    var reports: [ReloadReport] = []

    mutating func tell(_ event: ReloadPlan.Event) {
      for action in plan.receive(event, at: .zero) { perform(action) }
    }

    private mutating func perform(_ action: ReloadPlan.Action) {
      switch action {
      case .stop(let name):
        #expect(!stopping.contains(name) && starting[name] == nil)
        stopping.insert(name)
      case .start(let name, let image):
        #expect(starting[name] == nil, "two successors of \(name)")
        let isSingleton = instances.contains { $0.name == name && $0.isSingleton }
        #expect(!isSingleton || current[name] == nil, "two of \(name)")
        starting[name] = image
      case .drain(let name):
        draining.append(name)
        #expect(draining.count(where: { $0 == name }) == 1, "two drain in the place of one")
      case .restore(let name, let image):
        #expect(current[name] == nil)
        current[name] = image
      case .abandon(let name):
        #expect(starting[name] != nil)
        dying.insert(name)
      case .again(let paths):
        again.formUnion(paths)
      case .report(let report):
        reports.append(report)
      case .heldUp(let name):
        #expect(draining.contains(name))
      case .signal, .unchanged:
        break
      }
    }

    /// One thing that may happen now; false when nothing is under way.
    mutating func step(_ random: inout SeededGenerator, canFail: Bool) -> Bool {
      var choices: [(inout World) -> Void] = []
      for name in stopping.sorted() {
        choices.append { world in
          world.stopping.remove(name)
          world.current[name] = nil
          world.tell(.ended(name))
        }
      }
      for name in starting.keys.sorted() {
        let fails = dying.contains(name) || canFail && Int.random(in: 0...3, using: &random) == 0
        choices.append { world in
          let image = world.starting.removeValue(forKey: name)
          world.dying.remove(name)
          if fails {
            world.tell(.failed(name, reason: "exit 1"))
          } else {
            world.current[name] = image
            world.tell(.ready(name))
          }
        }
      }
      for name in draining {
        choices.append { world in
          if let index = world.draining.firstIndex(of: name) { world.draining.remove(at: index) }
          world.tell(.drained(name))
        }
      }
      guard let choice = choices.randomElement(using: &random) else { return false }
      choice(&self)
      return true
    }

    mutating func prove(_ build: FileIdentity) {
      let now = instances.map { own in
        instance(
          own.name, own.policy, isSingleton: own.isSingleton, image: current[own.name] ?? .old)
      }
      tell(.proven(["/app/demo": build], now))
    }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `a good build reaches every instance, through newer builds as well`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var world = makeWorld(&random)
    var build = FileIdentity.new
    world.prove(build)
    for _ in 0..<400 {
      if world.reports.count < 4, Int.random(in: 0...9, using: &random) == 0 {
        build = .build(build.inode + 1)
        world.prove(build)
      }
      let isBusy = world.step(&random, canFail: false)
      if !world.plan.isReloading, world.again.popFirst() != nil { world.prove(build) }
      if !isBusy, !world.plan.isReloading { break }
    }

    #expect(!world.plan.isReloading)
    for own in world.instances { #expect(world.current[own.name] == build, "\(own.name)") }
  }

  @Test(arguments: 0..<300 as Range<UInt64>)
  func `whatever fails, every instance serves in the end, on the old build or the new`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var world = makeWorld(&random)

    world.prove(.new)
    while world.step(&random, canFail: true) {}

    #expect(!world.plan.isReloading)
    #expect(world.reports.count == 1)
    for own in world.instances {
      #expect([.old, .new].contains(world.current[own.name]), "\(own.name)")
    }
    let isCanaryBad = world.reports[0].failures.contains(where: \.isCanary)
    #expect(!isCanaryBad || world.current.values.allSatisfy { $0 == .old })
  }

  private func makeWorld(_ random: inout SeededGenerator) -> World {
    var instances = [instance("beat.1", .restart, isSingleton: true)]
    for number in 1...Int.random(in: 1...4, using: &random) {
      instances.append(instance("worker.\(number)", .drain))
    }
    for number in 1...Int.random(in: 1...3, using: &random) {
      instances.append(instance("web.\(number)", .restart))
    }
    instances.shuffle(using: &random)
    let current = instances.map { ($0.name, FileIdentity.old) }
    return World(
      plan: ReloadPlan(), instances: instances,
      current: Dictionary(uniqueKeysWithValues: current))
  }
}
