import TestSupport
import Testing

@testable import CeleriacSchedule

/// Firings against a reference that steps through each minute and states the rule word by word.
@Suite(.timeLimit(.minutes(2)))
struct NextFireReferenceTests {
  @Test(arguments: [
    ("Europe/Berlin", "2026-03-27T00:00Z"), ("Europe/Berlin", "2026-10-23T00:00Z"),
    ("America/New_York", "2026-03-06T00:00Z"), ("America/New_York", "2026-10-30T00:00Z"),
    ("Australia/Lord_Howe", "2026-04-03T00:00Z"), ("Australia/Lord_Howe", "2026-10-02T00:00Z"),
    ("Pacific/Apia", "2011-12-28T00:00Z"), ("Europe/Dublin", "2040-10-26T00:00Z"),
    ("Africa/Casablanca", "2026-02-13T00:00Z"), ("Antarctica/Troll", "2026-03-27T00:00Z"),
    ("UTC", "2027-12-30T00:00Z"), ("UTC", "2028-02-27T00:00Z"),
  ])
  func `random crontabs fire when the reference does`(name: String, start: String) throws {
    let zone = try Zone.installed(name)
    let start = try #require(Timestamp(iso8601: start))
    let minutes = Self.minutes(of: zone, from: start, days: 4)
    var generator = SeededGenerator(seed: 4)

    for _ in 0..<30 {
      let text = Self.randomCrontab(&generator)
      let crontab = try Crontab(text)
      var instant = start
      var fired: [Timestamp] = []
      while let next = crontab.next(after: instant, in: zone), next < minutes.end {
        fired.append(next)
        instant = next
      }
      #expect(fired == Self.reference(crontab, minutes), "\(text)")
    }
  }

  /// The minutes of some days: each instant with the local times that are due by it.
  struct Minutes {
    struct Minute {
      let instant: Timestamp
      let local: CivilDateTime
      /// Whether the clocks showed the same local time before.
      let isRepeated: Bool
      /// The local times that the clocks jumped over to get here.
      let skipped: [CivilDateTime]
    }

    var minutes: [Minute] = []
    var end: Timestamp
  }

  static func minutes(of zone: Zone, from start: Timestamp, days: Int) -> Minutes {
    var result = Minutes(end: start + .seconds(days * 86_400))
    var seen: Set<CivilDateTime> = []
    var previous = zone.local(at: start)
    var instant = start + .seconds(60)
    while instant < result.end {
      let local = zone.local(at: instant)
      var skipped: [CivilDateTime] = []
      var missing = CivilDateTime(microseconds: previous.microseconds + 60_000_000)
      while missing < local {
        skipped.append(missing)
        missing = CivilDateTime(microseconds: missing.microseconds + 60_000_000)
      }
      let isRepeated = !seen.insert(local).inserted
      result.minutes.append(
        Minutes.Minute(instant: instant, local: local, isRepeated: isRepeated, skipped: skipped))
      previous = local
      instant += .seconds(60)
    }
    return result
  }

  static func reference(_ crontab: Crontab, _ minutes: Minutes) -> [Timestamp] {
    let everyHour = (0...23).allSatisfy { crontab.hours.contains($0) }
    return minutes.minutes.filter { minute in
      if everyHour { return matches(crontab, minute.local) }
      return matches(crontab, minute.local) && !minute.isRepeated
        || minute.skipped.contains { matches(crontab, $0) }
    }.map(\.instant)
  }

  private static func matches(_ crontab: Crontab, _ local: CivilDateTime) -> Bool {
    let date = local.date
    return crontab.minutes.contains(local.minute) && crontab.hours.contains(local.hour)
      && crontab.daysOfMonth.contains(date.day) && crontab.monthsOfYear.contains(date.month)
      && crontab.daysOfWeek.contains(date.weekday.rawValue)
  }

  private static func randomCrontab(_ generator: inout SeededGenerator) -> String {
    func field(_ range: ClosedRange<Int>, star: Int) -> String {
      let (first, second) = (
        Int.random(in: range, using: &generator), Int.random(in: range, using: &generator)
      )
      switch Int.random(in: 0..<10, using: &generator) {
      case ..<star: return "*"
      case ..<7: return "\(first)-\(second)"
      case ..<9: return "*/\(Int.random(in: 1...7, using: &generator))"
      default: return "\(first),\(second)"
      }
    }
    return [
      field(0...59, star: 1), field(0...23, star: 4), field(1...28, star: 7),
      field(1...12, star: 8), field(0...6, star: 6),
    ].joined(separator: " ")
  }
}
