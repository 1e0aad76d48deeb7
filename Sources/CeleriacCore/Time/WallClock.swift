public import CeleriacSchedule

/// Where the time of day comes from, so that tests can bring their own.
public protocol WallClock: Sendable {
  /// The time of day.
  func now() -> Timestamp

  /// Waits for a time of day.
  ///
  /// - Throws: `CancellationError` when the task is cancelled meanwhile.
  func sleep(until deadline: Timestamp) async throws
}
