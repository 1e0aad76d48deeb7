import CeleriacSchedule
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MissedFiringTests {
  private let anchor = Timestamp("2026-11-22T00:00:00Z")

  @Test(arguments: [
    (MissedPolicy.once, ["2026-11-22T03:00:00Z"]),
    (.skip, []),
    (.all(within: .seconds(7200)), ["2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z"]),
    (.all(within: .zero), []),
    (
      .all(within: .seconds(86_400)),
      ["2026-11-22T01:00:00Z", "2026-11-22T02:00:00Z", "2026-11-22T03:00:00Z"]
    ),
  ])
  func `after three hours without a beat the policy decides`(
    policy: MissedPolicy, firings: [String]
  ) {
    let now = Timestamp("2026-11-22T03:30:00Z")

    for schedule in [Schedule.hourly, .every(.seconds(3600))] {
      let due = schedule.due(
        after: anchor, through: now, anchor: anchor, zone: .utc, missed: policy)
      #expect(due == firings.compactMap { Timestamp(iso8601: $0) })
    }
  }

  @Test(arguments: [MissedPolicy.skip, .once, .all(within: .zero)])
  func `a firing on time is made whatever the policy`(policy: MissedPolicy) {
    for lateness in [Duration.zero, .milliseconds(50), .seconds(15)] {
      let due = Schedule.hourly.due(
        after: Timestamp("2026-11-22T02:00:00Z"),
        through: Timestamp("2026-11-22T03:00:00Z") + lateness, anchor: anchor, zone: .utc,
        missed: policy)
      #expect(due == [Timestamp("2026-11-22T03:00:00Z")])
    }
  }

  @Test func `nothing is due before its instant`() {
    let due = Schedule.hourly.due(
      after: Timestamp("2026-11-22T02:00:00Z"), through: Timestamp("2026-11-22T02:59:59.999999Z"),
      anchor: anchor, zone: .utc)

    #expect(due.isEmpty)
  }

  @Test func `of years of missed minutes the last is found at once`() throws {
    let now = Timestamp("2036-07-01T12:34:56Z")

    for (text, last) in [
      ("* * * * *", "2036-07-01T12:34:00Z"), ("* * * 1-6 *", "2036-06-30T23:59:00Z"),
      ("*/7 3 29 2 *", "2036-02-29T03:56:00Z"),
    ] {
      let due = Schedule.crontab(text).due(
        after: anchor, through: now, anchor: anchor, zone: .utc)
      #expect(due == [try #require(Timestamp(iso8601: last))])
    }
    #expect(
      Schedule.every(.milliseconds(1)).due(
        after: anchor, through: now, anchor: anchor, zone: .utc) == [now])
  }

  @Test func `the last one found is the last one there is`() throws {
    var generator = SeededGenerator(seed: 5)
    let schedule = Schedule.crontab("*/20,7 1-3,22 * * mon,thu")

    for _ in 0..<300 {
      let last = anchor + .seconds(Int.random(in: 0...600_000, using: &generator))
      let now = last + .seconds(Int.random(in: 0...600_000, using: &generator))
      func due(_ policy: MissedPolicy) -> [Timestamp] {
        schedule.due(after: last, through: now, anchor: anchor, zone: .utc, missed: policy)
      }
      #expect(due(.once).last == due(.all(within: .seconds(1_000_000))).last)
    }
  }
}
