import CeleriacCore
import CeleriacSchedule
import Testing

@testable import CeleriacBeat

@Suite(.timeLimit(.minutes(1)))
struct BeatMachineTests {
  @Test func `an entry is read before anything else, with now as its anchor`() throws {
    var machine = BeatMachine(try .of(.every(.seconds(30))))

    #expect(machine.step(at: at(9)) == .read(startingAt: at(9)))
  }

  @Test func `a new interval first falls due one interval after it was seen`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(30)), anchor: at(9))

    #expect(machine.next(at: at(9)) == .sleep(until: at(9, 0, 30)))
    #expect(machine.step(at: at(9, 0, 30)) == .fire(due: at(9, 0, 30), since: at(9, 0, 30)))
  }

  @Test func `a new crontab first falls due at its next match`() throws {
    var machine = try BeatMachine.knowing(.crontab("0 * * * *"), anchor: at(9, 59, 30))

    #expect(machine.next(at: at(9, 59, 30)) == .sleep(until: at(10)))
    #expect(machine.step(at: at(10)) == .fire(due: at(10), since: at(10)))
  }

  @Test func `instants are counted from the anchor, however late each one fires`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(10)), anchor: at(9, 0, 0, ms: 7))
    var now = at(9)

    for count in 1...1000 {
      let due = at(9, 0, 10 * count, ms: 7)
      now = due + .milliseconds(count % 3000)
      #expect(machine.step(at: now) == .fire(due: due, since: due))
      _ = machine.receive(.settled(due), for: 0, at: now)
    }
  }

  @Test func `an entry that is asked for twice is not fired twice`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(10)), anchor: at(9))
    #expect(machine.step(at: at(9, 0, 10)) == .fire(due: at(9, 0, 10), since: at(9, 0, 10)))

    _ = machine.receive(.settled(at(9, 0, 10)), for: 0, at: at(9, 0, 10))

    #expect(machine.next(at: at(9, 0, 10)) == .sleep(until: at(9, 0, 20)))
  }

  @Test func `all entries that are due are fired at once`() throws {
    let table = try Timetable(
      ["b", "a", "c"].map { name in
        BeatEntry(name, name == "c" ? .every(.seconds(30)) : .every(.seconds(10))) { tick.s() }
      })
    var machine = BeatMachine(table)
    for entry in 0..<3 {
      let state = BeatState(anchor: at(9), lastFired: nil)
      _ = machine.receive(.learned(state), for: entry, at: at(9))
    }

    let fire = BeatMachine.Step.fire(due: at(9, 0, 10), since: at(9, 0, 10))
    #expect(
      machine.next(at: at(9, 0, 10))
        == .perform([.init(entry: 0, step: fire), .init(entry: 1, step: fire)]))
  }

  @Test func `without entries there is nothing to wake up for`() throws {
    var machine = BeatMachine(try Timetable([]))

    #expect(machine.next(at: at(9)) == .sleep(until: .distantFuture))
  }

  @Test func `the broker's state is read again each minute, with the anchor kept`() throws {
    var machine = try BeatMachine.knowing(.crontab("0 0 * * *"), anchor: at(9))

    #expect(machine.next(at: at(9)) == .sleep(until: at(9, 1)))
    #expect(machine.step(at: at(9, 1)) == .read(startingAt: at(9)))
    _ = machine.receive(
      .learned(BeatState(anchor: at(9), lastFired: nil)), for: 0, at: at(9, 1))
    #expect(machine.next(at: at(9, 1)) == .sleep(until: at(9, 2)))
  }

  @Test func `a firing goes before a reading`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(60)), anchor: at(9))

    #expect(machine.step(at: at(9, 1)) == .fire(due: at(9, 1), since: at(9, 1)))
    _ = machine.receive(.settled(at(9, 1)), for: 0, at: at(9, 1))
    #expect(machine.step(at: at(9, 1)) == .read(startingAt: at(9, 1)))
  }

  @Test func `a broker that forgot all learns the grid, and that nothing before is due`() throws {
    let schedule = Schedule.every(.seconds(60))
    var machine = try BeatMachine.knowing(schedule, anchor: at(9), lastFired: at(9, 5))
    guard case .read(let start) = machine.step(at: at(9, 5, 59)) else {
      Issue.record("the state is read before the minute is over")
      return
    }

    var successor = try BeatMachine.knowing(schedule, anchor: start, at: at(9, 5, 59))

    #expect(successor.next(at: at(9, 5, 59)) == .sleep(until: at(9, 6)))
  }

  @Test func `another anchor in the broker is taken over, and nothing is fired again`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(60)), anchor: at(9))
    _ = machine.receive(.settled(at(9, 5)), for: 0, at: at(9, 5))

    _ = machine.receive(
      .learned(BeatState(anchor: at(9, 4, 20), lastFired: nil)), for: 0, at: at(9, 5, 1))

    #expect(machine.next(at: at(9, 5, 1)) == .sleep(until: at(9, 5, 20)))
  }

  @Test func `a beat that lags behind another goes on after what that one fired`() throws {
    var machine = try BeatMachine.knowing(.every(.seconds(10)), anchor: at(9))

    _ = machine.receive(
      .learned(BeatState(anchor: at(9), lastFired: at(9, 0, 30))), for: 0, at: at(9, 0, 31))

    #expect(machine.next(at: at(9, 0, 31)) == .sleep(until: at(9, 0, 40)))
  }
}
