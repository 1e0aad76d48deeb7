/// Which failures are tried again, how often, and after what delay.
public struct RetryPolicy: Sendable {
  /// How many times a call runs at most, the first time included.
  public let attempts: Int

  private let delay: @Sendable (_ failures: Int) -> Duration
  private let jitter: Double
  private let applies: @Sendable (any Error) -> Bool

  /// Every failure is the last word.
  public static let never = RetryPolicy(
    attempts: 1, delay: { _ in .zero }, jitter: 0, applies: { _ in false })

  /// Tries again after the same delay each time.
  ///
  /// - Parameters:
  ///   - attempts: How many times a call runs at most, the first time included.
  ///   - delay: The time from a failure to the next run.
  /// - Returns: The policy.
  public static func fixed(attempts: Int, delay: Duration = .seconds(180)) -> RetryPolicy {
    RetryPolicy(attempts: attempts, delay: { _ in delay }, jitter: 0, applies: { _ in true })
  }

  /// Doubles the delay with each failure, so that a service that is down is not hammered.
  ///
  /// - Parameters:
  ///   - attempts: How many times a call runs at most, the first time included.
  ///   - base: The delay after the first failure.
  ///   - cap: The longest delay.
  ///   - jitter: How much of each delay is left to chance, 0 to 1: with 1, Celery's way, a delay
  ///     lies anywhere between nothing and its full length, and failures made together part.
  /// - Returns: The policy.
  public static func exponential(
    attempts: Int, base: Duration = .seconds(1), cap: Duration = .seconds(600),
    jitter: Double = 1
  ) -> RetryPolicy {
    RetryPolicy(
      attempts: attempts,
      delay: { failures in
        // Step by step: the product of a long base and a large power might not be a `Duration`.
        var delay = base
        for _ in 1..<min(max(failures, 1), 64) where delay < cap { delay *= 2 }
        return min(delay, cap)
      }, jitter: min(max(jitter, 0), 1), applies: { _ in true })
  }

  /// The same policy for those errors only that the predicate approves of.
  public func when(_ predicate: @escaping @Sendable (any Error) -> Bool) -> RetryPolicy {
    RetryPolicy(
      attempts: attempts, delay: delay, jitter: jitter,
      applies: { [applies] in applies($0) && predicate($0) })
  }

  /// The delay before the next run.
  ///
  /// - Parameters:
  ///   - error: What the task threw.
  ///   - attempt: Which run it was, from 1.
  ///   - random: A number in 0..<1 that places the delay inside its jitter.
  /// - Returns: The delay, or nil when the failure is final.
  package func delay(after error: any Error, attempt: Int, random: Double) -> Duration? {
    guard attempt < attempts, applies(error) else { return nil }
    let full = delay(attempt)
    return jitter == 0 ? full : full * (1 - jitter * random)
  }
}
