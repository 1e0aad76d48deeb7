import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import TestSupport
import Testing

@testable import CeleriacBeat

/// Several beats over one broker, their steps interleaved at random: they decide at one time and
/// act at a later one, crash in between, start again, see other clocks, and lose answers.
@Suite(.timeLimit(.minutes(1)))
struct InterleavingTests {
  @Test(arguments: 1...30)
  func `every due instant is fired exactly once, and none is lost`(seed: Int) async throws {
    let forever = MissedPolicy.all(within: .seconds(86_400))
    for schedule in [Schedule.every(.seconds(7)), .crontab("* * * * *")] {
      var simulation = Simulation(
        seed: seed, table: try .of(schedule, missed: forever), schedule: schedule)

      let (fired, expected) = try await simulation.run()

      #expect(fired == expected)
    }
  }

  @Test(arguments: 1...15, [MissedPolicy.once, .skip])
  func `a policy that leaves out instants fires none of them twice`(
    seed: Int, missed: MissedPolicy
  ) async throws {
    let schedule = Schedule.every(.seconds(7))
    var simulation = Simulation(
      seed: seed, table: try .of(schedule, missed: missed), schedule: schedule)

    let (fired, expected) = try await simulation.run()

    #expect(!fired.isEmpty)
    #expect(Set(fired).count == fired.count)
    #expect(Set(fired).isSubset(of: expected))
    #expect(fired.last == expected.last)
  }

  /// As in a rolling deployment: some members know the old schedule, some the new one.
  @Test(arguments: 1...30)
  func `two versions of a schedule fire no instant twice, and the new one loses none`(
    seed: Int
  ) async throws {
    let forever = MissedPolicy.all(within: .seconds(86_400))
    for (old, new) in [
      (Schedule.every(.seconds(7)), Schedule.every(.seconds(21))),
      (.crontab("* * * * *"), .crontab("*/2 * * * *")),
      (.crontab("* * * * *"), .every(.seconds(9))),
    ] {
      var simulation = Simulation(
        seed: seed, table: try .of(new, missed: forever), schedule: new,
        before: try .of(old, missed: forever))

      let (fired, expected) = try await simulation.run()

      #expect(Set(fired).count == fired.count, "an instant of both is fired once")
      #expect(fired == fired.sorted())
      let last = simulation.lastOfOldVersion ?? .distantPast
      #expect(expected.filter { $0 > last } == fired.filter { $0 > last })
    }
  }
}

private struct Simulation {
  struct Member {
    var machine: BeatMachine?
    /// What it has decided to do and not done yet, the last first.
    var requests: [BeatMachine.Request] = []
    /// How wrong its clock is.
    var skew = Duration.zero
    /// Whether it runs the version before.
    var isOld = false
  }

  let table: Timetable
  let schedule: Schedule
  /// What the version before knew of the same entry; some members still run it.
  let before: Timetable?
  let clock = TestClock(now: at(0, 0, 0, ms: 123))
  let memory: MemoryBroker
  let broker: ProbeBroker
  var random: SeededGenerator
  var members = [Member](repeating: Member(), count: 3)
  /// The last instant that a member of the version before has fired.
  private(set) var lastOfOldVersion: Timestamp?

  init(seed: Int, table: Timetable, schedule: Schedule, before: Timetable? = nil) {
    self.table = table
    self.schedule = schedule
    self.before = before
    random = SeededGenerator(seed: UInt64(seed))
    memory = MemoryBroker(clock: clock)
    broker = ProbeBroker(memory)
  }

  /// Lets everything happen, then lets one beat with the right time finish.
  mutating func run() async throws -> (fired: [Timestamp], expected: [Timestamp]) {
    for _ in 1...1500 {
      if random.oneIn(3) {
        clock.advance(by: .milliseconds(Int.random(in: 0...9000, using: &random)))
      }
      await step(Int.random(in: members.indices, using: &random))
    }
    clock.advance(by: .seconds(14))
    broker.fail { _ in nil }
    members = [Member(machine: BeatMachine(table))]
    repeat { await step(0, isCalm: true) } while !isAsleep

    let id = table.entries[0].id
    let state = try await memory.beatState(of: id, startingAt: clock.now())
    let end = max(clock.now(), state.lastFired ?? state.anchor)
    let expected = Array(
      sequence(state: state.anchor) { [schedule] last in
        let next = schedule.next(after: last, anchor: state.anchor, zone: .utc)
        last = next ?? .distantFuture
        return next
      }.prefix { $0 <= end })
    #expect(try await memory.length(of: .default) == broker.fired.count)
    return (broker.fired, expected)
  }

  private var isAsleep: Bool {
    var machine = members[0].machine
    guard members[0].requests.isEmpty, case .sleep = machine?.next(at: clock.now()) else {
      return false
    }
    return true
  }

  private mutating func step(_ index: Int, isCalm: Bool = false) async {
    var member = members[index]
    defer { members[index] = member }
    if !isCalm, random.oneIn(40) {
      member = Member(skew: .milliseconds(Int.random(in: -20_000...20_000, using: &random)))
      return
    }
    guard var machine = member.machine else {
      guard random.oneIn(3) else { return }
      member.isOld = before != nil && random.oneIn(2)
      member.machine = BeatMachine(member.isOld ? before ?? table : table)
      return
    }
    defer { member.machine = machine }
    let now = clock.now() + member.skew
    if let request = member.requests.popLast() {
      if !isCalm { disturb() }
      let event = await perform(request, isOld: member.isOld)
      if let event { _ = machine.receive(event, for: request.entry, at: now) }
    } else if case .perform(let requests) = machine.next(at: now) {
      member.requests = requests.reversed()
    }
  }

  private mutating func disturb() {
    let fault: ProbeBroker.Fault? =
      switch Int.random(in: 1...12, using: &random) {
      case 1: .unreachable
      case 2: .answerLost
      default: nil
      }
    broker.fail { _ in fault }
  }

  private mutating func perform(
    _ request: BeatMachine.Request, isOld: Bool
  ) async -> BeatMachine.Event? {
    let id = (isOld ? before ?? table : table).entries[request.entry].id
    do {
      switch request.step {
      case .read(let start): return .learned(try await broker.beatState(of: id, startingAt: start))
      case .fire(let due, _):
        let message = Message(bytes: [], queue: .default)
        // Also when the answer is lost.
        if isOld { lastOfOldVersion = max(lastOfOldVersion ?? due, due) }
        _ = try await broker.fire(id, due: due, message: message)
        return .settled(due)
      case .leaveOut: return nil
      }
    } catch {
      return .failed
    }
  }
}
