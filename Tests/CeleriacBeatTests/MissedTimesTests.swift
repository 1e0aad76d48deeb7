import CeleriacCore
import CeleriacSchedule
import Testing

@testable import CeleriacBeat

/// Hourly entries, last fired at 6:00, met at another time.
@Suite(.timeLimit(.minutes(1)))
struct MissedTimesTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let missed: MissedPolicy
    let now: Timestamp
    let steps: [BeatMachine.Step]
    var testDescription: String { "\(missed) at \(now)" }
  }

  static func fire(_ hour: Int, since: Int? = nil) -> BeatMachine.Step {
    .fire(due: at(hour), since: at(since ?? hour))
  }

  static let cases = [
    // Nothing was missed.
    Case(missed: .once, now: at(6, 30), steps: []),
    Case(missed: .skip, now: at(6, 30), steps: []),
    Case(missed: .all(within: .seconds(7200)), now: at(6, 30), steps: []),
    // The present is due.
    Case(missed: .once, now: at(7), steps: [fire(7)]),
    Case(missed: .skip, now: at(7), steps: [fire(7)]),
    Case(missed: .all(within: .seconds(0)), now: at(7), steps: [fire(7)]),
    // A moment late, as after a take-over, is on time.
    Case(missed: .skip, now: at(7, 0, 15), steps: [fire(7)]),
    Case(missed: .all(within: .seconds(0)), now: at(7, 0, 15), steps: [fire(7)]),
    // One was missed.
    Case(missed: .once, now: at(7, 30), steps: [fire(7)]),
    Case(missed: .skip, now: at(7, 30), steps: [.leaveOut(since: at(7), through: at(7, 30))]),
    Case(missed: .all(within: .seconds(7200)), now: at(7, 30), steps: [fire(7)]),
    // Several were missed.
    Case(missed: .once, now: at(9, 30), steps: [fire(9, since: 7)]),
    Case(missed: .skip, now: at(9, 30), steps: [.leaveOut(since: at(7), through: at(9, 30))]),
    Case(
      missed: .all(within: .seconds(86_400)), now: at(9, 30), steps: [fire(7), fire(8), fire(9)]),
    // Some of them too long ago, and the last right now.
    Case(
      missed: .all(within: .seconds(7200)), now: at(10),
      steps: [fire(8, since: 7), fire(9), fire(10)]),
    Case(missed: .once, now: at(10), steps: [fire(10, since: 7)]),
    Case(missed: .skip, now: at(10), steps: [fire(10, since: 7)]),
    // The clock was set back: what was fired stays fired.
    Case(missed: .once, now: at(3), steps: []),
    Case(missed: .skip, now: at(3), steps: []),
    Case(missed: .all(within: .seconds(86_400)), now: at(3), steps: []),
  ]

  @Test(arguments: cases, [Schedule.crontab("0 * * * *"), .every(.seconds(3600))])
  func `each policy fires what it says, and then the next one on time`(
    example: Case, schedule: Schedule
  ) throws {
    var machine = try BeatMachine.knowing(
      schedule, missed: example.missed, anchor: at(0), lastFired: at(6), at: example.now)

    var steps: [BeatMachine.Step] = []
    while let step = machine.step(at: example.now) {
      steps.append(step)
      if case .fire(let due, _) = step {
        _ = machine.receive(.settled(due), for: 0, at: example.now)
      }
    }
    #expect(steps == example.steps)

    let next = schedule.next(after: max(example.now, at(6)), anchor: at(0), zone: .utc)
    let wakeUp = min(try #require(next), example.now + .seconds(60))
    #expect(machine.next(at: example.now) == .sleep(until: wakeUp))
  }

  @Test(arguments: [MissedPolicy.once, .skip, .all(within: .seconds(3600))])
  func `an entry that was never fired misses nothing before it was first seen`(
    missed: MissedPolicy
  ) throws {
    var machine = try BeatMachine.knowing(
      .crontab("0 * * * *"), missed: missed, anchor: at(8, 30))

    #expect(machine.next(at: at(8, 30)) == .sleep(until: at(8, 31)))
    #expect(machine.step(at: at(9)) == .fire(due: at(9), since: at(9)))
  }

  @Test func `a long backlog costs one computation, not one for each of its firings`() throws {
    let last = at(0)
    let now = last + .seconds(86_400)
    var machine = try BeatMachine.knowing(
      .every(.seconds(1)), missed: .all(within: .seconds(86_400)), anchor: last, at: now)

    var fired = 0
    while case .fire(let due, _) = machine.step(at: now) {
      fired += 1
      _ = machine.receive(.settled(due), for: 0, at: now)
    }

    #expect(fired == 86_400)
  }
}
