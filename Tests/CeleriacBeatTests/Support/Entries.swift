import CeleriacCore
import CeleriacSchedule

@testable import CeleriacBeat

/// A task that nothing here runs.
let tick = TaskDefinition("tick") {}

extension Timetable {
  /// A table of one entry that calls `tick`.
  static func of(
    _ schedule: Schedule, missed: MissedPolicy = .once, name: String = "tick"
  ) throws -> Timetable {
    try Timetable([BeatEntry(name, schedule, missed: missed) { tick.s() }])
  }
}

extension BeatMachine {
  /// A machine of one entry whose state is read.
  static func knowing(
    _ schedule: Schedule, missed: MissedPolicy = .once, anchor: Timestamp,
    lastFired: Timestamp? = nil, at now: Timestamp? = nil
  ) throws -> BeatMachine {
    var machine = BeatMachine(try .of(schedule, missed: missed))
    _ = machine.receive(
      .learned(BeatState(anchor: anchor, lastFired: lastFired)), for: 0, at: now ?? anchor)
    return machine
  }

  /// What to do for the only entry now; nothing while there is reason to sleep.
  mutating func step(at now: Timestamp) -> Step? {
    guard case .perform(let requests) = next(at: now) else { return nil }
    return requests.first?.step
  }
}

/// Instants of 1 January 2026, in UTC.
func at(_ hour: Int, _ minute: Int = 0, _ second: Int = 0, ms: Int = 0) -> Timestamp {
  Timestamp(microsecondsSince1970: 1_767_225_600_000_000)
    + .seconds((hour * 60 + minute) * 60 + second) + .milliseconds(ms)
}

extension Timestamp {
  /// The instant of an ISO 8601 text; the epoch for any other.
  init(_ text: String) {
    self = Timestamp(iso8601: text) ?? .epoch
  }
}
