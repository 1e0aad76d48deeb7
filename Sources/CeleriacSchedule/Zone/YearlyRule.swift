/// The rule of a POSIX `TZ` text: standard time, and perhaps summer time between two days.
///
///     CET-1CEST,M3.5.0,M10.5.0/3
///     standard, summer, last Sunday of March at 2:00, last Sunday of October at 3:00
struct YearlyRule: Hashable {
  /// Seconds ahead of UTC.
  let standardOffset: Int
  let summer: Summer?

  struct Summer: Hashable {
    let offset: Int
    let start: Day
    let end: Day
  }

  /// A day of each year, and the seconds from its midnight, by the clocks before the change.
  struct Day: Hashable {
    enum Kind: Hashable {
      /// `Jn`: 1–365, where 29 February is not counted.
      case ofCommonYear(Int)
      /// `n`: 0–365, where it is.
      case ofYear(Int)
      /// `Mm.w.d`: the week's weekday of that month, week 5 being the last.
      case ofMonth(Int, week: Int, weekday: Int)
    }

    let kind: Kind
    let time: Int
  }

  func period(at seconds: Int64) -> ZonePeriod {
    guard let summer else { return ZonePeriod(offset: standardOffset) }
    let day = Int((seconds + Int64(standardOffset)).flooredQuotient(by: 86_400))
    let year = CivilDate(daysSince1970: day).year

    // Where summer never ends, one ends at the instant at which the next starts: the later in
    // this order holds.
    var period = ZonePeriod(offset: standardOffset)
    for change in (year - 1...year + 1).flatMap({ changes(in: $0, summer) }).sorted(by: <) {
      guard change.at <= seconds else {
        period.end = change.at
        break
      }
      period.start = change.at
      period.offset = change.startsSummer ? summer.offset : standardOffset
    }
    return period
  }

  private struct Change {
    let at: Int64
    let startsSummer: Bool

    static func < (left: Change, right: Change) -> Bool {
      left.at != right.at ? left.at < right.at : !left.startsSummer && right.startsSummer
    }
  }

  private func changes(in year: Int, _ summer: Summer) -> [Change] {
    [
      Change(at: summer.start.seconds(in: year) - Int64(standardOffset), startsSummer: true),
      Change(at: summer.end.seconds(in: year) - Int64(summer.offset), startsSummer: false),
    ]
  }
}

extension YearlyRule.Day {
  /// The local seconds since 1970 at which the change happens in that year.
  func seconds(in year: Int) -> Int64 {
    Int64(daysSince1970(in: year)) * 86_400 + Int64(time)
  }

  private func daysSince1970(in year: Int) -> Int {
    let newYear = Self.days(year, 1)
    switch kind {
    case .ofCommonYear(let day):
      return newYear + day - (CivilDate.isLeap(year) && day >= 60 ? 0 : 1)
    case .ofYear(let day):
      return newYear + day
    case .ofMonth(let month, let week, let weekday):
      let first = Self.days(year, month)
      let firstWeekday = CivilDate(daysSince1970: first).weekday.rawValue
      var day = (weekday - firstWeekday).flooredRemainder(by: 7) + 7 * (week - 1)
      if day >= CivilDate.dayCount(month: month, year: year) { day -= 7 }
      return first + day
    }
  }

  /// The days from 1970 to the first of a month.
  private static func days(_ year: Int, _ month: Int) -> Int {
    guard let date = CivilDate(year: year, month: month, day: 1) else {
      preconditionFailure("a rule's month is 1–12")
    }
    return date.daysSince1970
  }
}
