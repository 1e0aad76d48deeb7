/// Leaves files alone that change all the time, such as one that a process writes when it starts.
///
/// A file that was let through too often within a while has to rest for as long; each change
/// begins the rest anew.
struct FlapGuard {
  typealias Instant = ContinuousClock.Instant

  /// How often a file is let through within ``window``.
  var limit = 10
  /// How long is counted, and how long a file that has changed too often has to rest.
  var window = Duration.seconds(30)
  private var passed: [String: [Instant]] = [:]
  private var resting: [String: Instant] = [:]

  init() {}

  /// When a file will have rested, unless it changes again.
  var deadline: Instant? { resting.values.min() }

  /// Notes a change of a file that has to rest; false when it has not.
  mutating func disturbs(_ path: String, at now: Instant) -> Bool {
    guard resting[path] != nil else { return false }
    resting[path] = now + window
    return true
  }

  /// Whether a file may be let through now; where not, its rest begins.
  ///
  /// The limit says how often at most, where that is not the usual.
  mutating func lets(_ path: String, through now: Instant, limit: Int? = nil) -> Bool {
    let recent = passed[path, default: []].filter { $0 > now - window }
    guard recent.count < limit ?? self.limit else {
      passed[path] = nil
      resting[path] = now + window
      return false
    }
    passed[path] = recent + [now]
    return true
  }

  /// Those that have rested: each is let through once more.
  mutating func rested(at now: Instant) -> [String] {
    let rested = resting.filter { $0.value <= now }.keys.sorted()
    for path in rested {
      resting[path] = nil
      passed[path] = [now]
    }
    return rested
  }
}
