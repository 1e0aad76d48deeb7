/// What happened to the output of a build.
enum OutputEvent: Hashable, Sendable {
  /// The link to a configuration's directory (`.build/debug`) was made anew: a build ended well.
  case linked(String)
  /// An executable was written and closed, or moved into place.
  case written(String)
  /// An executable was replaced in one step by another file, as deployments do.
  case replaced(String)
  /// An executable's name appeared; its content is on the way.
  case appeared(String)
  /// An executable went away: a linker is at work, or the build was cleaned, or the link failed.
  case removed(String)
  /// The kernel lost events; whatever was missed follows as further events.
  case overflow

  /// The executable it happened to.
  var path: String? {
    switch self {
    case .written(let path), .replaced(let path), .appeared(let path), .removed(let path): path
    case .linked, .overflow: nil
    }
  }
}

/// Decides when the output of a build is worth a look.
///
/// `swift build` makes the link to its output anew as the very last thing, and only when it ended
/// well: that fires at once. Every other way to bring an executable (another build system, a
/// copy) fires when the last write has been quiet for a while. A file that changes without end is
/// left alone until it has come to rest.
struct ReloadTrigger {
  enum Action: Equatable {
    /// Look at these executables now, in the order in which they changed.
    case fire([String])
    /// Say ``Event/time`` then, unless something happens before.
    case wait(until: ContinuousClock.Instant)
    /// This file changed so often that it is not looked at until it has come to rest.
    case paused(String)
    /// Nothing is pending.
    case idle
  }

  /// The times by which it decides.
  struct Timing {
    /// How long an executable must not have been written.
    var quiet = Duration.milliseconds(150)
    /// How long after the first write at the latest.
    var patience = Duration.seconds(2)
    /// The same two where the end of a build is going to be told by its link.
    var announcedQuiet = Duration.seconds(2)
    var announcedPatience = Duration.seconds(10)
    /// How long the content of a name that came or went may take.
    var absence = Duration.seconds(2)
  }

  private struct Pending {
    let order: Int
    var due: ContinuousClock.Instant
    var latest: ContinuousClock.Instant?
  }

  let timing: Timing
  /// How often a file may change within a while, where that is not the usual.
  var flapLimits: [String: Int] = [:]
  private var pending: [String: Pending] = [:]
  private var flaps = FlapGuard()
  private var count = 0

  init(timing: Timing = Timing()) { self.timing = timing }

  /// Something happened to the output.
  mutating func receive(_ event: OutputEvent, at now: ContinuousClock.Instant) -> [Action] {
    if let path = event.path, flaps.disturbs(path, at: now) { return advance(to: now) }
    switch event {
    case .written(let path):
      let (quiet, patience) =
        Self.isAnnounced(path)
        ? (timing.announcedQuiet, timing.announcedPatience) : (timing.quiet, timing.patience)
      expect(path, by: now + quiet, latest: now + patience)
    case .replaced(let path):
      // Whoever renames has written it all before: there is nothing to wait for.
      expect(path, by: now, latest: now)
    case .appeared(let path), .removed(let path):
      expect(path, by: now + timing.absence, latest: nil)
    case .linked(let link):
      for path in pending.keys where path.path(below: link) != nil {
        pending[path]?.due = now
      }
    case .overflow:
      break
    }
    return advance(to: now)
  }

  /// Time has passed.
  mutating func advance(to now: ContinuousClock.Instant) -> [Action] {
    var actions: [Action] = []
    let due = pending.filter { $0.value.due <= now }.sorted { $0.value.order < $1.value.order }
    var ready: [String] = []
    for (path, _) in due {
      pending[path] = nil
      if flaps.lets(path, through: now, limit: flapLimits[path]) {
        ready.append(path)
      } else {
        actions.append(.paused(path))
      }
    }
    ready += flaps.rested(at: now)
    if !ready.isEmpty { actions.insert(.fire(ready), at: 0) }
    actions.append(nextDeadline.map(Action.wait(until:)) ?? .idle)
    return actions
  }

  /// Whether the build that writes an executable makes a link anew when it is through.
  ///
  /// SwiftPM does for `.build/debug`. It may link several executables, and a busy machine takes
  /// its time from the first to the last.
  static func isAnnounced(_ path: String) -> Bool {
    path.parentPath.parentPath.lastName == ".build"
  }

  private var nextDeadline: ContinuousClock.Instant? {
    (pending.values.map(\.due) + [flaps.deadline].compactMap { $0 }).min()
  }

  /// Plans a look at the path; a later event moves it, but not beyond the latest time.
  private mutating func expect(
    _ path: String, by due: ContinuousClock.Instant, latest: ContinuousClock.Instant?
  ) {
    count += 1
    var entry = pending[path] ?? Pending(order: count, due: due, latest: nil)
    entry.latest = entry.latest ?? latest
    entry.due = min(due, entry.latest ?? due)
    pending[path] = entry
  }
}
