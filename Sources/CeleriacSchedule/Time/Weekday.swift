/// A day of the week, numbered as Celery and cron do.
public enum Weekday: Int, Sendable, Hashable, CaseIterable {
  /// The first day, 0.
  case sunday
  /// The second day, 1.
  case monday
  /// The third day, 2.
  case tuesday
  /// The fourth day, 3.
  case wednesday
  /// The fifth day, 4.
  case thursday
  /// The sixth day, 5.
  case friday
  /// The last day, 6.
  case saturday
}
