/// Thrown by a task that wants to run again later.
///
///     throw Retry(after: .seconds(30))
///
/// A policy that allows no further attempt makes it a failure; without a retry policy a task may
/// ask for it 3 times, as in Celery.
public struct Retry: Error {
  /// How long to wait before the next run.
  public let delay: Duration

  /// Whether the next run counts as a further attempt.
  public let counting: Bool

  /// Asks for another run.
  ///
  /// - Parameters:
  ///   - delay: How long to wait before it; Celery's default is 180 s.
  ///   - counting: Pass false to postpone without using up an attempt.
  public init(after delay: Duration = .seconds(180), counting: Bool = true) {
    self.delay = delay
    self.counting = counting
  }
}

/// Thrown by a task whose call should go to the dead letters, without another try.
public struct Reject: Error, CustomStringConvertible {
  /// Why, for the one who reads the dead letters.
  public let reason: String

  /// Gives the call up.
  public init(_ reason: String) {
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}

/// Thrown by a task that has nothing to report: acknowledged, and no result is stored.
public struct Ignore: Error {
  /// Ends the call silently.
  public init() {}
}
