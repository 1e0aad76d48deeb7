/// An instant in UTC, counted in microseconds as Celery's dates are.
///
/// Always within the years 1–9999, which are those that Python can read: arithmetic that would
/// leave them stops at the border.
public struct Timestamp: Sendable, Hashable {
  /// The microseconds since 1970-01-01T00:00:00 UTC, without leap seconds.
  public let microsecondsSince1970: Int64

  /// The instant so many microseconds after 1970 began, or the nearest in the years 1–9999.
  public init(microsecondsSince1970 microseconds: Int64) {
    microsecondsSince1970 = min(max(microseconds, Self.range.lowerBound), Self.range.upperBound)
  }

  /// The instant so many seconds after 1970 began, rounded to a microsecond.
  ///
  /// The nearest in the years 1–9999; not-a-number is read as zero.
  public init(secondsSince1970 seconds: Double) {
    self.init(microsecondsSince1970: Int64(nearest: seconds * 1_000_000))
  }

  /// The instant so many whole seconds after 1970 began, or the nearest in the years 1–9999.
  init(secondsSince1970 seconds: Int64) {
    let (microseconds, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    self.init(microsecondsSince1970: overflow ? (seconds < 0 ? .min : .max) : microseconds)
  }

  /// The seconds since 1970 began, as Python's `time.time()` counts them.
  public var secondsSince1970: Double { Double(microsecondsSince1970) / 1_000_000 }

  /// The whole milliseconds since 1970 began, rounded down.
  public var milliseconds: Int64 { microsecondsSince1970.flooredQuotient(by: 1000) }

  /// 1970-01-01T00:00:00 UTC.
  public static let epoch = Timestamp(microsecondsSince1970: 0)

  /// The first instant there is: year 1 begins.
  public static let distantPast = Timestamp(microsecondsSince1970: .min)

  /// The last instant there is: a microsecond before year 10 000.
  public static let distantFuture = Timestamp(microsecondsSince1970: .max)

  static let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
}

extension Timestamp: InstantProtocol {
  /// The instant that much later, rounded down to a microsecond.
  public func advanced(by duration: Duration) -> Timestamp {
    let (sum, overflow) = microsecondsSince1970.addingReportingOverflow(duration.microseconds)
    guard overflow else { return Timestamp(microsecondsSince1970: sum) }
    return duration < .zero ? .distantPast : .distantFuture
  }

  /// How much later the other instant is; negative if it is earlier.
  public func duration(to other: Timestamp) -> Duration {
    .microseconds(other.microsecondsSince1970 - microsecondsSince1970)
  }

  /// Whether the left instant is earlier.
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microsecondsSince1970 < right.microsecondsSince1970
  }
}

extension Timestamp {
  /// The instant that much later.
  public static func + (instant: Timestamp, duration: Duration) -> Timestamp {
    instant.advanced(by: duration)
  }

  /// The instant that much earlier.
  public static func - (instant: Timestamp, duration: Duration) -> Timestamp {
    instant.advanced(by: .zero - duration)
  }

  /// How much later the left instant is; negative if it is earlier.
  public static func - (left: Timestamp, right: Timestamp) -> Duration {
    right.duration(to: left)
  }

  /// Moves the instant to that much later.
  public static func += (instant: inout Timestamp, duration: Duration) {
    instant = instant + duration
  }

  /// Moves the instant to that much earlier.
  public static func -= (instant: inout Timestamp, duration: Duration) {
    instant = instant - duration
  }
}

extension Duration {
  /// The whole microseconds, rounded down; the nearest that 64 bits hold.
  package var microseconds: Int64 {
    let (seconds, attoseconds) = components
    let (whole, tooLarge) = seconds.multipliedReportingOverflow(by: 1_000_000)
    let fraction = attoseconds.flooredQuotient(by: 1_000_000_000_000)
    let (sum, overflow) = whole.addingReportingOverflow(fraction)
    guard tooLarge || overflow else { return sum }
    return seconds < 0 ? .min : .max
  }
}

extension Int64 {
  /// The nearest whole number that 64 bits hold; not-a-number is zero.
  ///
  /// `rounded()` would need the C library's mathematics, which this module does not link.
  init(nearest value: Double) {
    guard value.magnitude < 0x1p63 else {
      self = value.isNaN ? 0 : value < 0 ? .min : .max
      return
    }
    let whole = Int64(value)
    let fraction = value - Double(whole)
    self = fraction >= 0.5 ? whole + 1 : fraction <= -0.5 ? whole - 1 : whole
  }
}
