#if canImport(Glibc)
  internal import Glibc
#endif

/// Visits every state that a scenario can reach, the nearest first.
package struct Explorer {
  /// What there is to say at the end.
  package struct Verdict {
    /// How many states there are, those aside that differ in names alone.
    package let states: Int
    /// How many steps lead from one to another.
    package let steps: Int
    /// Steps left out because the model has too few numbers; none makes the exploration complete.
    package let left: [Shortage: Int]
    /// What is wrong, with the shortest way there; nil when nothing is.
    package let counterexample: Counterexample?
  }

  /// How something that must not happen happens.
  package struct Counterexample: CustomStringConvertible {
    /// What must not happen.
    package let flaw: String
    /// Each step on the way there.
    package let trace: [String]

    package var description: String {
      let lines = trace.enumerated().map { "  \($0.offset + 1). \($0.element)" }
      return ([flaw + ":"] + lines).joined(separator: "\n")
    }
  }

  private let scenario: Scenario
  private let limit: Int
  private var worlds: [World] = []
  private var parents: [Int32] = []
  /// Where a fair schedule goes on from each state.
  private var nexts: [Int32] = []
  private var numbers: [WorldKey: Int32] = [:]
  private var steps = 0
  private var left: [Shortage: Int] = [:]

  /// Explores, up to a number of states that is an error to need.
  package static func explore(_ scenario: Scenario, limit: Int = 2_000_000) -> Verdict {
    var explorer = Explorer(scenario, limit: limit)
    let counterexample = explorer.run()
    return Verdict(
      states: explorer.worlds.count, steps: explorer.steps, left: explorer.left,
      counterexample: counterexample)
  }

  /// Explores the nearest states of a scenario that has too many: the first thing that is wrong with one.
  package static func search(_ scenario: Scenario, nearest count: Int) -> Counterexample? {
    var explorer = Explorer(scenario, limit: .max)
    return explorer.run(nearest: count)
  }

  private init(_ scenario: Scenario, limit: Int) {
    self.scenario = scenario
    self.limit = limit
  }

  private mutating func run(nearest count: Int = .max) -> Counterexample? {
    _ = enter(World(scenario).canonical(scenario), from: -1)
    var current = 0
    while current < worlds.count {
      guard worlds.count < count else { return nil }
      let world = worlds[current]
      let stepper = Stepper(scenario, world)
      left.merge(stepper.left, uniquingKeysWith: +)
      var best = UInt8.max
      var next: Int32 = -1
      for (step, successor) in stepper.found {
        steps += 1
        let number: Int32
        let canonical = successor.canonical(scenario)
        if let known = numbers[WorldKey(canonical)] {
          number = known
        } else {
          number = enter(canonical, from: Int32(current))
          let flaw = successor.findFlaw(after: world, scenario)
          if flaw != .none { return tell(flaw.sentence, at: Int(number)) }
        }
        if step.isFair, step.kind.rawValue < best, number != current {
          best = step.kind.rawValue
          next = number
        }
      }
      nexts.append(next)
      current += 1
      precondition(worlds.count < limit, "more than \(limit) states")
    }
    return findEndless()
  }

  private mutating func enter(_ world: World, from parent: Int32) -> Int32 {
    let number = Int32(worlds.count)
    numbers[WorldKey(world)] = number
    worlds.append(world)
    parents.append(parent)
    return number
  }

  // With no more faults, the fair schedule has to come to an end from every state.
  private func findEndless() -> Counterexample? {
    enum Mark: UInt8 { case unknown, onWay, ends }
    var marks = [Mark](repeating: .unknown, count: worlds.count)
    for start in worlds.indices where marks[start] == .unknown {
      var way: [Int] = []
      var current = start
      while marks[current] == .unknown {
        way.append(current)
        if nexts[current] < 0 {
          guard worlds[current].isEnd(scenario) else {
            return tell("nothing goes on, and not all is done", at: current)
          }
          marks[current] = .ends
          break
        }
        marks[current] = .onWay
        current = Int(nexts[current])
      }
      if marks[current] == .onWay { return tell("it goes on for ever", at: current) }
      for number in way { marks[number] = .ends }
    }
    return nil
  }

  // Goes the way again under the names that were first given.
  private func tell(_ flaw: String, at number: Int) -> Counterexample {
    var way: [Int] = []
    var current = Int32(number)
    while current > 0 {
      way.append(Int(current))
      current = parents[Int(current)]
    }
    var labels = Labels()
    var trace: [String] = []
    for number in way.reversed() {
      let parent = Int(parents[number])
      let key = WorldKey(worlds[number])
      for (step, next) in Stepper(scenario, worlds[parent]).found {
        var renaming = Renaming()
        guard WorldKey(next.canonical(scenario, &renaming)) == key else { continue }
        trace.append(step.described(with: labels))
        labels.apply(renaming)
        break
      }
    }
    return Counterexample(flaw: flaw, trace: trace)
  }
}

/// What workers, messages and leases are called in a trace, however they are renamed on the way.
struct Labels {
  private(set) var workers = ["worker 1", "worker 2"]
  private(set) var messages = ["message 1", "message 2", "message 3"]
  private(set) var names = ["A", "B", "", "", ""]
  private var next = UInt8(ascii: "C")

  mutating func apply(_ renaming: Renaming) {
    workers = [workers[renaming.workers[0]], workers[renaming.workers[1]]]
    messages = (0..<3).map { messages[renaming.messages[$0]] }
    var renamed = ["", "", "", "", ""]
    for name in 0..<Server.leaseCount where renaming.names[name] != 255 {
      renamed[Int(renaming.names[name])] = names[name]
    }
    for worker in 0..<2 where renamed[worker].isEmpty {
      renamed[worker] = String(UnicodeScalar(next))
      next += 1
    }
    names = renamed
  }
}

/// A state, compared by its bytes.
struct WorldKey: Hashable {
  private let world: World

  init(_ world: World) { self.world = world }

  static func == (a: WorldKey, b: WorldKey) -> Bool {
    withUnsafeBytes(of: a.world) { first in
      withUnsafeBytes(of: b.world) { second in
        guard let first = first.baseAddress, let second = second.baseAddress else { return false }
        return memcmp(first, second, MemoryLayout<World>.size) == 0
      }
    }
  }

  func hash(into hasher: inout Hasher) {
    withUnsafeBytes(of: world) { hasher.combine(bytes: $0) }
  }
}
