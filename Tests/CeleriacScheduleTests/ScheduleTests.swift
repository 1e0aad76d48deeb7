import CeleriacSchedule
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1)))
struct ScheduleTests {
  @Test(arguments: [
    (Schedule.every(.seconds(30)), "every 30 s"),
    (.interval(.seconds(5400)), "every 1 h 30 min"),
    (.every(.milliseconds(1500)), "every 1 s 500 ms"),
    (.every(.seconds(86_400)), "every 1 d"),
    (.crontab(minute: 0, hour: 0, in: "Europe/Berlin"), "0 0 * * * Europe/Berlin"),
    (.crontab("*/15 8-18 * * mon-fri"), "*/15 8-18 * * mon-fri UTC"),
    (.daily(at: "07:30", in: "Europe/Berlin"), "30 7 * * * Europe/Berlin"),
    (.hourly, "0 * * * * UTC"),
    (.crontab("61 * * * *"), "61 * * * * UTC"),
  ])
  func `a schedule reads as a person would write it`(schedule: Schedule, text: String) {
    #expect(schedule.description == text)
  }

  @Test(arguments: [
    (Schedule.crontab("61 * * * *"), "schedule '61 * * * * UTC': '61' is not a minute (0–59)"),
    (.crontab(minute: 61), "schedule '61 * * * * UTC': '61' is not a minute (0–59)"),
    (
      .daily(at: "24:00"),
      "schedule 'daily at 24:00 UTC': '24:00' is not a time of day (00:00–23:59)"
    ),
    (
      .daily(at: "7"), "schedule 'daily at 7 UTC': '7' is not a time of day (00:00–23:59)"
    ),
    (
      .every(.zero), "schedule 'every 0.0 seconds': the interval is below a millisecond"
    ),
    (
      .every(.seconds(-1)), "schedule 'every -1.0 seconds': the interval is below a millisecond"
    ),
  ])
  func `nonsense is told when the schedule is checked`(
    schedule: Schedule, message: String
  ) throws {
    let error = try #require(throws: ScheduleError.self) { try schedule.validate() }

    #expect(error.description == message)
    #expect(schedule.next(after: .epoch, anchor: .epoch, zone: .utc) == nil)
    #expect(throws: EncodingError.self) { try JSONEncoder().encode(schedule) }
  }

  @Test(arguments: [
    Schedule.every(.milliseconds(30_001)), .every(.microseconds(1_000_001)),
    .every(.seconds(1_000_000)), .hourly,
    .crontab("*/15 8-18 1,15 feb-nov mon-fri", in: "Europe/Berlin"),
  ])
  func `a schedule survives being stored`(schedule: Schedule) throws {
    let stored = try JSONEncoder().encode(schedule)

    let read = try JSONDecoder().decode(Schedule.self, from: stored)

    #expect(read == schedule)
    #expect(read.description == schedule.description)
  }

  @Test(arguments: [
    #"{}"#, #"{"every": 0}"#, #"{"every": -1e300}"#, #"{"crontab": "61 * * * *"}"#,
    #"{"zone": "UTC"}"#,
  ])
  func `a stored schedule that makes no sense is an error`(json: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(Schedule.self, from: Data(json.utf8))
    }
  }

  @Test(arguments: [
    "", ":", "7", "07:30:00", "24:00", "7:60", "7:5", "+7:30", "-1:30", "７:30", "007:30",
  ])
  func `a time of day has hours and two digits of minutes`(time: String) {
    #expect(throws: ScheduleError.self) { try Schedule.daily(at: time).validate() }
  }

  @Test func `a stored schedule is told by its keys`() throws {
    #expect(
      try JSONDecoder().decode(Schedule.self, from: Data(#"{"every": 2.5}"#.utf8))
        == .every(.milliseconds(2500)))
    #expect(
      try JSONDecoder().decode(Schedule.self, from: Data(#"{"crontab": "0 0 * * *"}"#.utf8))
        == .daily(at: "00:00"))
  }

  @Test func `an interval needs no zone`() {
    #expect(Schedule.every(.seconds(1)).zone == nil)
    #expect(Schedule.hourly.zone == "UTC")
    #expect(Schedule.daily(at: "1:00", in: "Asia/Tokyo").zone == "Asia/Tokyo")
  }
}
