import CeleriacCore
import CeleriacSchedule
import Testing

@testable import CeleriacBeat

@Suite(.timeLimit(.minutes(1)))
struct BrokerTroubleTests {
  @Test func `a state that cannot be read is asked for again, ever more slowly`() throws {
    var machine = BeatMachine(try .of(.every(.seconds(30))))
    var now = at(9)
    var pauses: [Duration] = []

    for _ in 1...8 {
      #expect(machine.step(at: now) == .read(startingAt: now))
      _ = machine.receive(.failed, for: 0, at: now)
      guard case .sleep(let until) = machine.next(at: now) else {
        Issue.record("a failure is followed by a pause")
        return
      }
      pauses.append(until - now)
      now = until
    }

    #expect(
      pauses
        == [50, 100, 200, 400, 800, 1000, 1000, 1000].map { Duration.milliseconds($0) })
  }

  @Test func `an entry that cannot be read holds up no other`() throws {
    let table = try Timetable(
      ["a", "b"].map { name in BeatEntry(name, .every(.seconds(10))) { tick.s() } })
    var machine = BeatMachine(table)
    _ = machine.receive(.failed, for: 0, at: at(9))
    _ = machine.receive(
      .learned(BeatState(anchor: at(8), lastFired: at(8, 59, 50))), for: 1, at: at(9))

    #expect(
      machine.next(at: at(9))
        == .perform([.init(entry: 1, step: .fire(due: at(9), since: at(9)))]))
  }

  @Test func `a firing that failed is tried again after a pause`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(30)), anchor: at(9))
    let fire = BeatMachine.Step.fire(due: at(9, 0, 30), since: at(9, 0, 30))
    #expect(machine.step(at: at(9, 0, 30)) == fire)

    _ = machine.receive(.failed, for: 0, at: at(9, 0, 30))

    #expect(machine.next(at: at(9, 0, 30)) == .sleep(until: at(9, 0, 30, ms: 50)))
    #expect(machine.step(at: at(9, 0, 30, ms: 50)) == fire)
  }

  @Test func `after an outage each policy says what becomes of the time`() throws {
    let cases: [(MissedPolicy, BeatMachine.Step)] = [
      (.once, .fire(due: at(9, 2), since: at(9, 0, 30))),
      (.skip, .fire(due: at(9, 2), since: at(9, 0, 30))),
      (.all(within: .seconds(60)), .fire(due: at(9, 1, 30), since: at(9, 0, 30))),
      (.all(within: .seconds(600)), .fire(due: at(9, 0, 30), since: at(9, 0, 30))),
    ]
    for (missed, expected) in cases {
      var machine = try BeatMachine.knowing(.every(.seconds(30)), missed: missed, anchor: at(9))
      for second in [30, 40, 60, 100] {
        _ = machine.step(at: at(9, 0, second))
        _ = machine.receive(.failed, for: 0, at: at(9, 0, second))
      }

      #expect(machine.step(at: at(9, 2, 5)) == expected)
    }
  }

  @Test func `a clock set back does not prolong a pause`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(30)), anchor: at(9))
    _ = machine.step(at: at(9, 0, 30))
    _ = machine.receive(.failed, for: 0, at: at(9, 0, 30))

    // The instant is due again when the clock shows it again; until then the state is read.
    #expect(machine.step(at: at(8)) == .read(startingAt: at(9)))
    _ = machine.receive(.learned(BeatState(anchor: at(9), lastFired: nil)), for: 0, at: at(8))
    #expect(machine.next(at: at(8)) == .sleep(until: at(8, 1)))
  }

  @Test func `an entry that was fired for a time to come is remarked upon`() throws {
    var machine = BeatMachine(try .of(.every(.seconds(30))))
    let state = BeatState(anchor: at(9), lastFired: at(23))

    #expect(machine.receive(.learned(state), for: 0, at: at(10)) == .clockBehind(at(23)))
    #expect(machine.receive(.learned(state), for: 0, at: at(10, 1)) == nil)
    #expect(machine.step(at: at(23, 0, 30)) == .fire(due: at(23, 0, 30), since: at(23, 0, 30)))
  }
}
