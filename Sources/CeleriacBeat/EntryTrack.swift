import CeleriacCore
import CeleriacSchedule

/// Where one entry stands between its firings.
///
///     unread ──learned──► waiting ──due──► fire ──settled──► waiting
///        │ failed                           │ failed
///        └──► pause, read again             └──► pause, ask the policy anew
///
/// An instant is behind us only when the broker has said so. What is due is computed from the
/// anchor and the last such instant, never from the time at which something happened, so that
/// nothing drifts and a failed attempt leaves no trace but a pause.
struct EntryTrack {
  enum Decision: Equatable {
    case act(BeatMachine.Step)
    case sleep(until: Timestamp)
  }

  /// What a beat knows of the entry.
  private enum State {
    case unread
    case waiting(Course)
  }

  private struct Course {
    var anchor: Timestamp
    /// The last instant that was fired; the anchor before the first.
    var fired: Timestamp
    /// What is behind us: fired or left out.
    var last: Timestamp
    /// The first instant after it.
    var next: Timestamp?
    /// What the policy made of a time without firings, the first to fire first.
    var backlog: ArraySlice<Timestamp> = []
    /// Until when the broker's state need not be looked at again.
    var reading: Pause
  }

  let line: Timetable.Line
  private var state = State.unread
  private var failures = 0
  private var pause: Pause?

  init(_ line: Timetable.Line) {
    self.line = line
  }

  /// What to do for the entry now.
  mutating func next(at now: Timestamp) -> Decision {
    if let pause, !pause.isOver(at: now) { return .sleep(until: pause.end) }
    guard case .waiting(var course) = state else { return .act(.read(startingAt: now)) }

    guard let next = course.next, next <= now else {
      if course.reading.isOver(at: now) { return .act(.read(startingAt: course.fired)) }
      return .sleep(until: min(course.next ?? .distantFuture, course.reading.end))
    }
    if course.backlog.isEmpty {
      course.backlog = line.due(after: course.last, through: now, anchor: course.anchor)[...]
    }
    defer { state = .waiting(course) }
    if let due = course.backlog.first { return .act(.fire(due: due, since: next)) }
    advance(&course, to: now)
    return .act(.leaveOut(since: next, through: now))
  }

  /// Takes in what came of the last step.
  mutating func receive(_ event: BeatMachine.Event, at now: Timestamp) -> BeatMachine.Remark? {
    if case .failed = event {
      fail(at: now)
      return nil
    }
    failures = 0
    pause = nil
    switch (event, state) {
    case (.learned(let known), .unread):
      learn(known, after: nil, at: now)
      let last = known.lastFired ?? known.anchor
      return last > now + Self.longestReading ? .clockBehind(last) : nil
    case (.learned(let known), .waiting(let course)):
      learn(known, after: course, at: now)
    case (.settled(let due), .waiting(var course)):
      course.fired = max(course.fired, due)
      advance(&course, to: due)
      state = .waiting(course)
    case (.settled, .unread):
      preconditionFailure("an entry is fired only after its state was read")
    case (.failed, _): break
    }
    return nil
  }

  // What this beat has seen settled stays settled, also when the broker has lost it; the anchor is
  // the broker's, so that all beats fire on one grid.
  private mutating func learn(_ known: BeatState, after course: Course?, at now: Timestamp) {
    let fired = max(known.lastFired ?? known.anchor, course?.fired ?? .distantPast)
    let last = max(fired, course?.last ?? .distantPast)
    state = .waiting(
      Course(
        anchor: known.anchor, fired: fired, last: last,
        next: line.next(after: last, anchor: known.anchor),
        reading: Pause(start: now, length: Self.longestReading)))
  }

  private func advance(_ course: inout Course, to instant: Timestamp) {
    course.last = max(course.last, instant)
    course.next = line.next(after: course.last, anchor: course.anchor)
    course.backlog = course.backlog.drop { $0 <= instant }
  }

  private mutating func fail(at now: Timestamp) {
    let length = min(Self.firstPause * (1 << min(failures, 10)), Self.longestPause)
    failures += 1
    pause = Pause(start: now, length: length)
    guard case .waiting(var course) = state else { return }
    course.backlog = []
    state = .waiting(course)
  }

  private static let firstPause = Duration.milliseconds(50)
  private static let longestPause = Duration.seconds(1)
  private static let longestReading = Duration.seconds(60)
}
