import TestSupport
import Testing

@testable import SuperviseKit

/// The plan in a world where everything happens at every time: builds come in the middle of a
/// reload, processes die while they are replaced, people stop some of them.
@Suite(.timeLimit(.minutes(1)))
struct ReloadPlanDisorderTests {
  /// The processes of one instance.
  private struct Life {
    let instance: ReloadInstance
    /// The one that serves.
    var serving: FileIdentity?
    /// The one that a reload has started.
    var coming: FileIdentity?
    var isStopping = false
    var isAbandoned = false
    var isWithdrawn = false
  }

  private struct World {
    var plan: ReloadPlan
    var lives: [String: Life]
    var draining: [String] = []
    var newest: [String: FileIdentity]
    var again: Set<String> = []
    var events: [ReloadPlan.Event] = []
    var isTelling = false

    mutating func tell(_ event: ReloadPlan.Event) {
      events.append(event)
      guard !isTelling else { return }
      isTelling = true
      while !events.isEmpty {
        for action in plan.receive(events.removeFirst(), at: .zero) { perform(action) }
      }
      isTelling = false
    }

    private mutating func perform(_ action: ReloadPlan.Action) {
      switch action {
      case .stop(let name):
        #expect(lives[name]?.coming == nil)
        #expect(lives[name]?.isStopping == false, "\(name) was stopped twice")
        if lives[name]?.serving == nil {
          tell(.ended(name))
        } else {
          lives[name]?.isStopping = true
        }
      case .start(let name, let image):
        #expect(lives[name]?.coming == nil, "\(name) was started twice")
        lives[name]?.coming = image
        expectOneAtMost(of: name)
      case .restore(let name, let image):
        #expect(lives[name]?.serving == nil, "\(name) was started twice")
        lives[name]?.serving = image
        expectOneAtMost(of: name)
      case .drain(let name): draining.append(name)
      case .abandon(let name): lives[name]?.isAbandoned = true
      case .signal(let name, _, let image):
        #expect(lives[name]?.serving != nil)
        lives[name]?.serving = image
      case .again(let paths): again.formUnion(paths)
      case .unchanged, .report, .heldUp: break
      }
    }

    private func expectOneAtMost(of name: String) {
      guard let life = lives[name], life.instance.isSingleton else { return }
      #expect(life.serving == nil || life.coming == nil, "two of \(name)")
    }

    mutating func prove(_ paths: [String]) {
      let running = lives.values.filter { !$0.isWithdrawn }.sorted {
        $0.instance.name < $1.instance.name
      }
      let instances = running.filter { paths.contains($0.instance.executable) }.map { life in
        instance(
          life.instance.name, life.instance.policy, isSingleton: life.instance.isSingleton,
          image: life.serving, executable: life.instance.executable)
      }
      let builds = newest.filter { paths.contains($0.key) }
      if !instances.isEmpty { tell(.proven(builds, instances)) }
    }

    /// What may happen next by itself; empty when nothing is under way.
    func possible(failing: Bool, _ random: inout SeededGenerator) -> [(inout World) -> Void] {
      var choices: [(inout World) -> Void] = []
      for (name, life) in lives.sorted(by: { $0.key < $1.key }) {
        if life.isStopping {
          choices.append { $0.end(name) }
        }
        if life.coming != nil {
          let fails = life.isAbandoned || failing && Int.random(in: 0...3, using: &random) == 0
          choices.append { fails ? $0.fail(name) : $0.becomeReady(name) }
          if failing, life.serving != nil, !life.isStopping { choices.append { $0.end(name) } }
        }
      }
      for name in draining {
        choices.append { world in
          if let index = world.draining.firstIndex(of: name) { world.draining.remove(at: index) }
          world.tell(.drained(name))
        }
      }
      if !plan.isReloading, let path = again.sorted().first {
        choices.append { world in
          world.again.remove(path)
          world.prove([path])
        }
      }
      return choices
    }

    private mutating func end(_ name: String) {
      lives[name]?.serving = nil
      lives[name]?.isStopping = false
      tell(.ended(name))
    }

    private mutating func fail(_ name: String) {
      lives[name]?.coming = nil
      lives[name]?.isAbandoned = false
      tell(.failed(name, reason: "exit 1"))
    }

    private mutating func becomeReady(_ name: String) {
      let coming = lives[name]?.coming
      lives[name]?.serving = coming
      lives[name]?.coming = nil
      tell(.ready(name))
    }

    mutating func withdraw(_ name: String) {
      lives[name]?.isWithdrawn = true
      lives[name]?.serving = nil
      lives[name]?.coming = nil
      lives[name]?.isStopping = false
      tell(.withdrawn(name))
    }
  }

  @Test(arguments: 0..<40 as Range<UInt64>)
  func `nobody is forgotten, started twice or doubled, whatever happens when`(part: UInt64) {
    for seed in part * 100..<part * 100 + 100 {
      var random = SeededGenerator(seed: seed)
      var world = makeWorld(&random)
      for _ in 0..<60 {
        switch Int.random(in: 0...11, using: &random) {
        case 0:
          let path = ["/app/demo", "/app/tool"][Int.random(in: 0...1, using: &random)]
          world.newest[path] = .build(UInt64.random(in: 2...9, using: &random))
          world.prove([path])
        case 1 where Int.random(in: 0...4, using: &random) == 0:
          if let name = world.lives.keys.sorted().randomElement(using: &random) {
            world.withdraw(name)
          }
        default:
          let choices = world.possible(failing: true, &random)
          if let choice = choices.randomElement(using: &random) { choice(&world) }
        }
      }
      var steps = 0
      while let choice = world.possible(failing: true, &random).randomElement(using: &random),
        steps < 2000
      {
        choice(&world)
        steps += 1
      }

      #expect(!world.plan.isReloading, "seed \(seed)")
      for (name, life) in world.lives where !life.isWithdrawn {
        #expect(life.serving != nil, "\(name) is gone, seed \(seed)")
        #expect(!life.isStopping && life.coming == nil, "\(name) is not done, seed \(seed)")
      }
    }
  }

  /// Whoever tells it nonsense gets no nonsense back.
  @Test(arguments: 0..<20 as Range<UInt64>)
  func `events that cannot be start nothing twice, and all withdrawn is the end`(part: UInt64) {
    for seed in part * 100..<part * 100 + 100 {
      var random = SeededGenerator(seed: seed)
      let instances = makeWorld(&random).lives.values.map(\.instance)
      let names = instances.map(\.name).sorted() + ["nobody"]
      var plan = ReloadPlan()
      var awaited: Set<String> = []
      func tell(_ event: ReloadPlan.Event, ending name: String? = nil) {
        if let name { awaited.remove(name) }
        for case .start(let name, _) in plan.receive(event, at: .zero) {
          #expect(awaited.insert(name).inserted, "\(name) was started twice, seed \(seed)")
        }
      }
      for _ in 0..<80 {
        let name = names[Int.random(in: 0..<names.count, using: &random)]
        switch Int.random(in: 0...6, using: &random) {
        case 0: tell(.ready(name), ending: name)
        case 1: tell(.failed(name, reason: "exit 1"), ending: name)
        case 2: tell(.drained(name))
        case 3: tell(.withdrawn(name), ending: name)
        case 4, 5: tell(.ended(name))
        default: tell(.proven(["/app/demo": .build(.random(in: 2...9, using: &random))], instances))
        }
      }
      for name in names { tell(.withdrawn(name)) }

      #expect(!plan.isReloading, "seed \(seed)")
    }
  }

  private func makeWorld(_ random: inout SeededGenerator) -> World {
    var lives: [String: Life] = [:]
    func add(_ name: String, _ policy: ReloadPolicy, isSingleton: Bool = false) {
      let executable = Bool.random(using: &random) ? "/app/demo" : "/app/tool"
      let own = instance(name, policy, isSingleton: isSingleton, executable: executable)
      lives[name] = Life(instance: own, serving: .old)
    }
    add("beat.1", Bool.random(using: &random) ? .restart : .drain, isSingleton: true)
    for number in 1...Int.random(in: 1...4, using: &random) { add("worker.\(number)", .drain) }
    for number in 1...Int.random(in: 1...3, using: &random) { add("web.\(number)", .restart) }
    add("proxy.1", .signal(1))
    return World(
      plan: ReloadPlan(), lives: lives,
      newest: ["/app/demo": .new, "/app/tool": .new])
  }
}
