/// A stretch of time during which a zone's clocks keep one distance from UTC.
struct ZonePeriod: Hashable {
  /// The first second since 1970 that belongs to it.
  var start: Int64 = Self.beginning
  /// The first second since 1970 that does not.
  var end: Int64 = Self.never
  /// Seconds ahead of UTC.
  var offset: Int

  /// The first second that the clocks show.
  var localStart: Int64 { start + Int64(offset) }
  /// The first second that they do not show any more.
  var localEnd: Int64 { end + Int64(offset) }

  /// More than any zone's distance from UTC, in seconds.
  static let largestOffset: Int64 = 26 * 3600

  /// Stands for the beginning of time; sums with offsets do not overflow.
  static let beginning: Int64 = -1 << 60
  /// Stands for the end of time.
  static let never: Int64 = 1 << 60
}
