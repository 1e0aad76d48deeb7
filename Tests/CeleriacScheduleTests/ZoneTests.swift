import CeleriacSchedule
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ZoneTests {
  @Test(arguments: [
    ("Europe/Berlin", "2026-01-15T12:00:00Z", 3600),
    ("Europe/Berlin", "2026-03-29T00:59:59.999999Z", 3600),
    ("Europe/Berlin", "2026-03-29T01:00:00Z", 7200),
    ("Europe/Berlin", "2026-10-25T00:59:59Z", 7200),
    ("Europe/Berlin", "2026-10-25T01:00:00Z", 3600),
    ("Europe/Berlin", "1800-01-01T00:00:00Z", 3208),
    ("Europe/Berlin", "2099-07-01T00:00:00Z", 7200),
    ("Europe/Berlin", "9999-12-31T00:00:00Z", 3600),
    ("America/New_York", "2050-07-04T12:00:00Z", -14400),
    ("America/New_York", "2050-12-24T12:00:00Z", -18000),
    ("Australia/Lord_Howe", "2060-01-01T00:00:00Z", 39600),
    ("Australia/Lord_Howe", "2060-07-01T00:00:00Z", 37800),
    ("Europe/Dublin", "2070-07-01T00:00:00Z", 3600),
    ("Europe/Dublin", "2070-01-01T00:00:00Z", 0),
    ("Asia/Kolkata", "2026-11-22T00:00:00Z", 19800),
    ("Pacific/Apia", "2011-12-30T09:59:59Z", -36000),
    ("Pacific/Apia", "2011-12-30T10:00:00Z", 50400),
    ("UTC", "2026-11-22T00:00:00Z", 0),
  ])
  func `the clocks are that far from UTC`(zone: String, at text: String, offset: Int) throws {
    let instant = try #require(Timestamp(iso8601: text))

    #expect(try Zone.installed(zone).secondsFromUTC(at: instant) == offset)
  }

  @Test func `a local time exists once, twice or not at all`() throws {
    let berlin = try Zone.installed("Europe/Berlin")

    #expect(
      berlin.instants(for: try local(2026, 7, 1, 12, 0)) == .once(Timestamp("2026-07-01T10:00Z")))
    #expect(
      berlin.instants(for: try local(2026, 3, 29, 2, 0))
        == .skipped(until: Timestamp("2026-03-29T01:00Z")))
    #expect(
      berlin.instants(for: try local(2026, 3, 29, 2, 59))
        == .skipped(until: Timestamp("2026-03-29T01:00Z")))
    #expect(
      berlin.instants(for: try local(2026, 3, 29, 3, 0)) == .once(Timestamp("2026-03-29T01:00Z")))
    #expect(
      berlin.instants(for: try local(2026, 10, 25, 2, 0))
        == .twice(Timestamp("2026-10-25T00:00Z"), Timestamp("2026-10-25T01:00Z")))
    #expect(
      berlin.instants(for: try local(2026, 10, 25, 3, 0)) == .once(Timestamp("2026-10-25T02:00Z")))
  }

  @Test func `a day that was skipped does not exist`() throws {
    let apia = try Zone.installed("Pacific/Apia")

    #expect(
      apia.instants(for: try local(2011, 12, 30, 12, 0))
        == .skipped(until: Timestamp("2011-12-30T10:00Z")))
    #expect(apia.local(at: Timestamp("2011-12-30T09:59:59Z")).description == "2011-12-29T23:59:59")
    #expect(apia.local(at: Timestamp("2011-12-30T10:00Z")).description == "2011-12-31T00:00:00")
  }

  @Test(arguments: [
    "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Europe/Dublin",
    "Africa/Casablanca", "America/Nuuk", "Antarctica/Troll", "Asia/Gaza", "Asia/Kathmandu",
  ])
  func `each instant is among those of its own local time`(name: String) throws {
    let zone = try Zone.installed(name)
    var generator = SeededGenerator(seed: 2)

    for _ in 0..<3000 {
      let instant = Timestamp(
        microsecondsSince1970: .random(in: 0...4_102_444_800_000_000, using: &generator))
      switch zone.instants(for: zone.local(at: instant)) {
      case .skipped: Issue.record("\(instant) is not found again")
      case .once(let found): #expect(found == instant)
      case .twice(let first, let second):
        #expect(first < second)
        #expect([first, second].contains(instant))
      }
    }
  }

  @Test func `a naive date is read in the zone given`() throws {
    let berlin = try Zone.installed("Europe/Berlin")

    #expect(
      Timestamp(iso8601: "2026-11-22T10:48:38", naiveIn: berlin)
        == Timestamp("2026-11-22T09:48:38Z"))
    #expect(
      Timestamp(iso8601: "2026-10-25T02:30:00", naiveIn: berlin)
        == Timestamp("2026-10-25T00:30:00Z"))
    #expect(
      Timestamp(iso8601: "2026-11-22T10:48:38Z", naiveIn: berlin)
        == Timestamp("2026-11-22T10:48:38Z"))
  }

  @Test func `a fixed zone is named after its distance`() {
    #expect(Zone(secondsFromUTC: 19800)?.identifier == "+05:30")
    #expect(Zone(secondsFromUTC: -3600)?.identifier == "-01:00")
    #expect(Zone(secondsFromUTC: 3208)?.identifier == "+00:53:28")
    #expect(Zone(secondsFromUTC: 86_400) == nil)
  }

  @Test func `a day number and its date are one`() throws {
    #expect(CivilDate(daysSince1970: 0).description == "1970-01-01")
    #expect(CivilDate(daysSince1970: 0).weekday == .thursday)
    #expect(CivilDate(year: 2026, month: 11, day: 22)?.weekday == .sunday)
    #expect(CivilDate(year: 1900, month: 2, day: 29) == nil)
    #expect(CivilDate(year: 2000, month: 2, day: 29)?.daysSince1970 == 11016)
    for days in stride(from: -800_000, through: 3_000_000, by: 37) {
      #expect(CivilDate(daysSince1970: days).daysSince1970 == days)
    }
  }

  private func local(
    _ year: Int, _ month: Int, _ day: Int, _ hour: Int, _ minute: Int
  ) throws -> CivilDateTime {
    let date = try #require(CivilDate(year: year, month: month, day: day))
    return try #require(CivilDateTime(date, hour: hour, minute: minute))
  }
}
