import CeleriacSchedule
import Testing

@Suite(.timeLimit(.minutes(1)))
struct NextFireTests {
  @Test(arguments: [
    ("2026-11-22T00:00:00Z", "2026-11-22T00:00:30Z"),
    ("2026-11-22T00:00:29.999999Z", "2026-11-22T00:00:30Z"),
    ("2026-11-22T00:00:30Z", "2026-11-22T00:01:00Z"),
    ("2026-11-21T00:00:00Z", "2026-11-22T00:00:30Z"),
    ("2036-11-22T00:00:01Z", "2036-11-22T00:00:30Z"),
  ])
  func `an interval falls due at whole multiples from its anchor`(after: String, due: String) throws
  {
    let schedule = Schedule.every(.seconds(30))
    let anchor = Timestamp("2026-11-22T00:00:00Z")

    let next = schedule.next(after: try timestamp(after), anchor: anchor, zone: .utc)

    #expect(next == Timestamp(iso8601: due))
  }

  @Test(arguments: [
    ("* * * * *", "2026-11-22T09:48:38.17Z", "2026-11-22T09:49:00Z"),
    ("* * * * *", "2026-11-22T09:49:00Z", "2026-11-22T09:50:00Z"),
    ("* * * * *", "2026-11-22T09:48:59.999999Z", "2026-11-22T09:49:00Z"),
    ("0 0 * * *", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
    ("59 23 31 12 *", "2026-12-31T23:59:00Z", "2027-12-31T23:59:00Z"),
    ("0 0 31 * *", "2026-01-31T00:00:00Z", "2026-03-31T00:00:00Z"),
    ("0 0 30 */1 *", "2026-01-30T00:00:00Z", "2026-03-30T00:00:00Z"),
    ("0 0 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T00:00:00Z"),
    ("0 0 29 2 *", "2096-02-29T00:00:00Z", "2104-02-29T00:00:00Z"),
    ("0 0 29 2 mon", "2088-03-01T00:00:00Z", "2112-02-29T00:00:00Z"),
    ("0 0 13 * fri", "2026-01-01T00:00:00Z", "2026-02-13T00:00:00Z"),
    ("0 0 13 * fri", "2026-03-13T00:00:00Z", "2026-11-13T00:00:00Z"),
    ("30 7 * * mon-fri", "2026-11-20T07:30:00Z", "2026-11-23T07:30:00Z"),
    ("*/15 8-18 * * *", "2026-11-22T18:45:00Z", "2026-11-23T08:00:00Z"),
    ("0 0 1 1 *", "1969-06-01T00:00:00Z", "1970-01-01T00:00:00Z"),
  ])
  func `a crontab falls due at the next minute that matches`(
    crontab: String, after: String, due: String
  ) throws {
    #expect(
      try Crontab(crontab).next(after: timestamp(after), in: .utc) == Timestamp(iso8601: due))
  }

  @Test func `nothing falls due after the year 9999`() throws {
    let anchor = Timestamp.distantFuture - .seconds(10)

    #expect(try Crontab("* * * * *").next(after: anchor, in: .utc) == nil)
    #expect(
      Schedule.every(.seconds(30)).next(after: anchor, anchor: anchor, zone: .utc) == nil)
    #expect(
      Schedule.every(.seconds(Int64.max))
        .next(after: .epoch, anchor: .epoch, zone: .utc) == nil)
  }

  /// The local times, with their offsets, at which clocks are moved, and what fires then.
  @Test(arguments: [
    // The clocks of Berlin jump from 2:00 to 3:00, and from 3:00 back to 2:00.
    (
      "Europe/Berlin", "30 2 * * *", "2026-03-28T12:00+01:00",
      ["03-29T03:00+02:00", "03-30T02:30+02:00"]
    ),
    (
      "Europe/Berlin", "30 2 * * *", "2026-10-24T12:00+02:00",
      ["10-25T02:30+02:00", "10-26T02:30+01:00"]
    ),
    (
      "Europe/Berlin", "*/30 * * * *", "2026-03-29T00:30+01:00",
      ["03-29T01:00+01:00", "03-29T01:30+01:00", "03-29T03:00+02:00", "03-29T03:30+02:00"]
    ),
    (
      "Europe/Berlin", "*/30 * * * *", "2026-10-25T01:30+02:00",
      [
        "10-25T02:00+02:00", "10-25T02:30+02:00", "10-25T02:00+01:00", "10-25T02:30+01:00",
        "10-25T03:00+01:00",
      ]
    ),
    (
      "Europe/Berlin", "0 * * * *", "2026-03-29T00:30+01:00",
      ["03-29T01:00+01:00", "03-29T03:00+02:00", "03-29T04:00+02:00"]
    ),
    (
      "Europe/Berlin", "0 * * * *", "2026-10-25T01:30+02:00",
      ["10-25T02:00+02:00", "10-25T02:00+01:00", "10-25T03:00+01:00"]
    ),
    (
      "Europe/Berlin", "15 * * * *", "2026-03-29T01:15+01:00",
      ["03-29T03:15+02:00", "03-29T04:15+02:00"]
    ),
    (
      "Europe/Berlin", "*/20 2-3 * * *", "2026-03-29T00:00+01:00",
      ["03-29T03:00+02:00", "03-29T03:20+02:00", "03-29T03:40+02:00", "03-30T02:00+02:00"]
    ),
    (
      "Europe/Berlin", "*/30 2-3 * * *", "2026-10-25T00:00+02:00",
      [
        "10-25T02:00+02:00", "10-25T02:30+02:00", "10-25T03:00+01:00", "10-25T03:30+01:00",
        "10-26T02:00+01:00",
      ]
    ),
    (
      "Europe/Berlin", "0 */2 * * *", "2026-03-29T00:00+01:00",
      ["03-29T03:00+02:00", "03-29T04:00+02:00"]
    ),
    // Asked within the hour that is shown again, and right at the jump.
    (
      "Europe/Berlin", "45 2 * * *", "2026-10-25T02:15+01:00", ["10-26T02:45+01:00"]
    ),
    (
      "Europe/Berlin", "45 2 * * *", "2026-03-29T03:00+02:00", ["03-30T02:45+02:00"]
    ),
    (
      "Europe/Berlin", "45 2 * * *", "2026-03-29T01:59:59.999999+01:00", ["03-29T03:00+02:00"]
    ),
    (
      "America/New_York", "30 2 * * sun", "2026-03-07T12:00-05:00",
      ["03-08T03:00-04:00", "03-15T02:30-04:00"]
    ),
    (
      "America/New_York", "30 1 * * *", "2026-10-31T12:00-04:00",
      ["11-01T01:30-04:00", "11-02T01:30-05:00"]
    ),
    // The clocks of Lord Howe Island are moved by half an hour.
    (
      "Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00+10:30",
      ["10-04T02:30+11:00", "10-05T02:15+11:00"]
    ),
    (
      "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00+11:00",
      ["04-05T01:45+11:00", "04-06T01:45+10:30"]
    ),
    (
      "Australia/Lord_Howe", "*/15 * * * *", "2026-04-05T01:30+11:00",
      ["04-05T01:45+11:00", "04-05T01:30+10:30", "04-05T01:45+10:30", "04-05T02:00+10:30"]
    ),
  ])
  func `clocks that are moved neither lose nor repeat a firing`(
    zone: String, crontab: String, after: String, due: [String]
  ) throws {
    let zone = try Zone.installed(zone)
    let crontab = try Crontab(crontab)
    var instant = try timestamp(after)

    for expected in due {
      instant = try #require(crontab.next(after: instant, in: zone))
      #expect(instant == Timestamp(iso8601: "2026-" + expected), "\(instant)")
    }
  }

  @Test func `a day that a zone skips fires at the next day's start`() throws {
    let apia = try Zone.installed("Pacific/Apia")
    let noon = try Crontab("0 12 * * *")
    var instant = Timestamp("2011-12-29T12:00-10:00")

    instant = try #require(noon.next(after: instant, in: apia))
    #expect(instant == Timestamp("2011-12-31T00:00+14:00"))
    instant = try #require(noon.next(after: instant, in: apia))
    #expect(instant == Timestamp("2011-12-31T12:00+14:00"))
  }

  private func timestamp(_ text: String) throws -> Timestamp {
    try #require(Timestamp(iso8601: text))
  }
}
