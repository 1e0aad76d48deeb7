/// When something falls due, again and again: at intervals, or when a crontab matches.
///
///     .every(.seconds(30))
///     .crontab("*/15 8-18 * * mon-fri", in: "Europe/Berlin")
///     .crontab(minute: 0, hour: 0, in: "Europe/Berlin")
///     .daily(at: "07:30", in: "Europe/Berlin")
///
/// A schedule can be written where nothing can be thrown, as in the argument of an attribute. One
/// that makes no sense therefore keeps what is wrong with it, see ``validate()``, and never fires.
public struct Schedule: Sendable, Hashable {
  /// What makes it fall due.
  package enum Rule: Sendable, Hashable {
    case interval(Duration)
    case crontab(Crontab, zone: String)
    case invalid(ScheduleError)
  }

  package let rule: Rule

  private init(_ rule: Rule) {
    self.rule = rule
  }

  /// Once in each interval, counted from when the entry was made; the calendar plays no part.
  ///
  /// The interval is a millisecond or more; what is finer than a microsecond is cut off.
  public static func interval(_ duration: Duration) -> Schedule {
    let rounded = Duration.microseconds(duration.microseconds)
    guard rounded >= .milliseconds(1) else {
      return Schedule(
        .invalid(
          ScheduleError(
            .invalidInterval, "every \(duration)", detail: "the interval is below a millisecond")))
    }
    return Schedule(.interval(rounded))
  }

  /// Once in each interval: ``interval(_:)``.
  public static func every(_ duration: Duration) -> Schedule {
    .interval(duration)
  }

  /// Whenever the crontab matches the clocks of a zone.
  ///
  /// The zone is a name of the zone database, looked up when the beat starts.
  public static func crontab(_ crontab: Crontab, in zone: String = "UTC") -> Schedule {
    Schedule(.crontab(crontab, zone: zone))
  }

  /// Whenever five fields match the clocks of a zone.
  ///
  /// They are minute, hour, day of the month, month and day of the week; see ``Crontab``. The zone
  /// is a name of the zone database, looked up when the beat starts.
  public static func crontab(_ text: String, in zone: String = "UTC") -> Schedule {
    do {
      return .crontab(try Crontab(text), in: zone)
    } catch {
      return Schedule(.invalid(ScheduleError(text, in: zone, error)))
    }
  }

  /// Whenever all the fields given match the clocks of a zone; a field not given matches always.
  ///
  /// As in Celery, `.crontab(hour: 7)` is every minute from 7:00 to 7:59.
  public static func crontab(
    minute: CrontabField = .every, hour: CrontabField = .every,
    dayOfMonth: CrontabField = .every, monthOfYear: CrontabField = .every,
    dayOfWeek: CrontabField = .every, in zone: String = "UTC"
  ) -> Schedule {
    do {
      let crontab = try Crontab(
        minute: minute, hour: hour, dayOfMonth: dayOfMonth, monthOfYear: monthOfYear,
        dayOfWeek: dayOfWeek)
      return .crontab(crontab, in: zone)
    } catch {
      let fields = [minute, hour, dayOfMonth, monthOfYear, dayOfWeek]
      let text = fields.map(\.text).joined(separator: " ")
      return Schedule(.invalid(ScheduleError(text, in: zone, error)))
    }
  }

  /// Once a day, when the clocks of a zone show a time such as `07:30`.
  public static func daily(at time: String, in zone: String = "UTC") -> Schedule {
    let parts = time.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, 1...2 ~= parts[0].count, parts[1].count == 2,
      parts.joined().allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }),
      let hour = Int(Substring(parts[0])), let minute = Int(Substring(parts[1])),
      hour < 24, minute < 60
    else {
      return Schedule(
        .invalid(
          ScheduleError(
            .invalidTime, "daily at \(time) \(zone)",
            detail: "'\(time)' is not a time of day (00:00–23:59)")))
    }
    return .crontab(minute: CrontabField(minute), hour: CrontabField(hour), in: zone)
  }

  /// Once an hour, when the clocks of UTC show a full one.
  public static let hourly = Schedule.crontab(minute: 0)

  /// The name of the zone whose clocks count; none for an interval.
  public var zone: String? {
    guard case .crontab(_, let zone) = rule else { return nil }
    return zone
  }

  /// Throws what is wrong with the schedule, if anything is.
  ///
  /// Whether the zone exists is not known here: loading it tells.
  public func validate() throws(ScheduleError) {
    if case .invalid(let error) = rule { throw error }
  }
}
