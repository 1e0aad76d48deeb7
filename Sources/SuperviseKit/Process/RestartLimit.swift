/// How many processes may be started again in a second, all of them together.
///
/// When what all depend on goes away, hundreds may end at once and again and again; what they
/// load at each start must not be what keeps it from returning. Starts that somebody has asked for
/// are not limited.
package struct RestartLimit: Sendable {
  package typealias Instant = ContinuousClock.Instant

  private static let restarts = 20
  private static let window = Duration.seconds(1)
  /// When the last ones were, oldest first.
  private var recent: [Instant] = []
  /// When there is room again, while somebody waits for it.
  package private(set) var deadline: Instant?

  package init() {}

  /// Takes part of what is left; false when one has to wait for ``deadline``.
  package mutating func admits(at now: Instant) -> Bool {
    recent.removeAll { $0 + Self.window <= now }
    guard recent.count < Self.restarts else {
      deadline = recent.first.map { $0 + Self.window }
      return false
    }
    deadline = nil
    recent.append(now)
    return true
  }

  /// Whether somebody has waited and may try again; said once.
  package mutating func isOver(at now: Instant) -> Bool {
    guard let deadline, now >= deadline else { return false }
    self.deadline = nil
    return true
  }
}
