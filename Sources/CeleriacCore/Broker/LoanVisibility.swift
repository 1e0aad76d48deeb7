/// Who can see what a worker has on loan, and put it back when the worker has died.
public enum LoanVisibility: Sendable, Hashable {
  /// Workers of Celeriac's: their ticks find each other's loans, in seconds.
  case own

  /// Celery's workers as well, in its `unacked`; `timeout` is the `visibility_timeout` they go by.
  ///
  /// What they have restored is no longer this worker's: its outcome is refused.
  case celery(timeout: Duration)

  /// Celery's own default.
  public static let celery = LoanVisibility.celery(timeout: .seconds(3600))
}
