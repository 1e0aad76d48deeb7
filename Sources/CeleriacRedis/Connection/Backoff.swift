/// How long to wait before trying to connect again.
package struct Backoff: Sendable, Equatable {
  /// The longest first wait.
  package var base: Duration
  /// The longest wait of all.
  package var cap: Duration

  /// Doubles from `base` up to `cap`.
  ///
  /// A cap of one second lets consumption resume within two seconds of the server's return.
  package init(base: Duration = .milliseconds(50), cap: Duration = .seconds(1)) {
    self.base = base
    self.cap = cap
  }

  /// The wait after the attempt with this number, from 1.
  ///
  /// `jitter`, 0 to 1, spreads the waits of many clients over the upper half of the range, so that a
  /// server that returns is not met by all of them at once.
  func delay(afterAttempt attempt: Int, jitter: Double) -> Duration {
    let doublings = min(max(attempt - 1, 0), 20)
    let longest = min(base * (1 << doublings), cap)
    return longest * (0.5 + 0.5 * jitter)
  }
}
