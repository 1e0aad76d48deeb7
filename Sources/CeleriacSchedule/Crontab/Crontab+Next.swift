extension Crontab {
  /// The first instant after the given one at which the crontab fires in a zone.
  ///
  /// Where the clocks change, what counts is whether the hour field selects every hour.
  ///
  /// It does not (`30 2 * * *`, `*/15 8-18 * * *`, `0 */2 * * *`): the fields name times of the
  /// calendar, and each fires once. Those that the clocks jump over fire together at the first
  /// instant after the jump; those shown twice fire the first time.
  ///
  /// It does (`*/30 * * * *`, `0 * * * *`): the fields name a rhythm, and it goes on. Nothing is
  /// made up for minutes that are jumped over, and minutes shown twice fire twice.
  ///
  ///     Europe/Berlin    29 March, 2:00 becomes 3:00    25 October, 3:00 becomes 2:00
  ///     30 2 * * *       3:00                           2:30 the first time
  ///     */30 * * * *     1:30, 3:00, 3:30               2:00, 2:30, 2:00 again, 2:30 again
  ///
  /// - Returns: Nothing if the year 9999 ends first.
  public func next(after instant: Timestamp, in zone: Zone) -> Timestamp? {
    let second = instant.microsecondsSince1970.flooredQuotient(by: 1_000_000)
    // The period of the second before the first candidate, so that a jump between them is seen.
    var period = zone.period(at: second)
    var local = second + 1 + Int64(period.offset)
    if !runsEveryHour, period.start > ZonePeriod.beginning {
      // What the clocks showed before they were set back is not due again.
      local = max(local, zone.period(at: period.start - 1).localEnd)
    }

    while let match = nextLocal(from: local) {
      if match < period.localEnd { return Self.timestamp(match - Int64(period.offset)) }
      guard period.end < ZonePeriod.never else { return nil }
      let following = zone.period(at: period.end)
      if runsEveryHour {
        local = following.localStart
      } else if match < following.localStart {
        return Self.timestamp(following.start)
      } else {
        local = max(local, period.localEnd)
      }
      period = following
    }
    return nil
  }

  /// The first matching local time from the given one on, both in seconds since 1970.
  func nextLocal(from seconds: Int64) -> Int64? {
    let minutes = Int((seconds + 59).flooredQuotient(by: 60))
    let day = minutes.flooredQuotient(by: 1440)
    let date = CivilDate(daysSince1970: day)
    if matches(date), let minute = nextMinute(from: minutes - day * 1440) {
      return Int64(day * 1440 + minute) * 60
    }
    guard let next = nextDay(after: date), let minute = nextMinute(from: 0) else { return nil }
    return Int64(next.daysSince1970 * 1440 + minute) * 60
  }

  private func matches(_ date: CivilDate) -> Bool {
    monthsOfYear.contains(date.month) && daysOfMonth.contains(date.day)
      && daysOfWeek.contains(date.weekday.rawValue)
  }

  private func nextDay(after date: CivilDate) -> CivilDate? {
    var (year, month, day) = (date.year, date.month, date.day + 1)
    while year <= Self.lastYear {
      if monthsOfYear.contains(month), let next = daysOfMonth.next(from: day),
        let found = CivilDate(year: year, month: month, day: next)
      {
        if matches(found) { return found }
        day = next + 1
        continue
      }
      (month, day) = (month + 1, 1)
      if month > 12 { (year, month) = (year + 1, 1) }
    }
    return nil
  }

  /// The first matching minute of a day from the given one on.
  private func nextMinute(from minute: Int) -> Int? {
    let hour = minute / 60
    if hours.contains(hour), let minute = minutes.next(from: minute % 60) {
      return hour * 60 + minute
    }
    guard let hour = hours.next(from: hour + 1), let minute = minutes.first else { return nil }
    return hour * 60 + minute
  }

  private static func timestamp(_ seconds: Int64) -> Timestamp? {
    let timestamp = Timestamp(secondsSince1970: seconds)
    return timestamp == .distantFuture ? nil : timestamp
  }

  private static let lastYear = 10_000
}
