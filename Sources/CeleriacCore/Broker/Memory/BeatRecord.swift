import CeleriacSchedule

/// What the memory broker keeps of one periodic entry; the rules are those of ``Broker``.
struct BeatRecord {
  /// One schedule of the entry.
  private struct Course {
    var anchor: Timestamp
    var lastUsed: Timestamp
  }

  private var courses: [String: Course] = [:]
  private var lastFired: Timestamp?

  /// What a beat with this schedule is told; unless the schedule is in use, it begins at `start`.
  mutating func state(
    of schedule: String, startingAt start: Timestamp, at now: Timestamp
  ) -> BeatState {
    BeatState(
      anchor: use(schedule, startingAt: start, at: now).anchor, lastFiredOfEntry: lastFired)
  }

  /// Notes a firing; false when this instant, or a later one, was fired before.
  mutating func fire(_ schedule: String, due: Timestamp, at now: Timestamp) -> Bool {
    _ = use(schedule, startingAt: due, at: now)
    if let lastFired, lastFired >= due { return false }
    lastFired = due
    return true
  }

  private mutating func use(
    _ schedule: String, startingAt start: Timestamp, at now: Timestamp
  ) -> Course {
    let own = courses.removeValue(forKey: schedule)
    let latest = courses.values.map(\.lastUsed).max() ?? .distantPast
    let isInUse = own.map { latest <= $0.lastUsed + BeatState.disuse } ?? false
    let course = Course(anchor: isInUse ? own?.anchor ?? start : start, lastUsed: now)
    while courses.count >= BeatState.schedulesKept {
      guard let oldest = courses.min(by: { $0.value.lastUsed < $1.value.lastUsed }) else { break }
      courses[oldest.key] = nil
    }
    courses[schedule] = course
    return course
  }
}
