import CeleriacCore
import CeleriacSchedule
import Testing

@testable import CeleriacBeat

@Suite(.timeLimit(.minutes(1)))
struct TimetableTests {
  private func registry(_ tasks: any TaskHandle...) throws -> TaskRegistry {
    func erase(_ handle: some TaskHandle) -> RegisteredTask { RegisteredTask(handle) }
    return try TaskRegistry(tasks.map { erase($0) })
  }

  @Test func `periodic tasks and listed entries are one table, by name`() throws {
    let mail = TaskDefinition("mail", periodic: .init(.daily(at: "07:30"), missed: .skip)) {}
    let sync = TaskDefinition("sync") { (_: String) in }
    let table = try Timetable(
      registry: try registry(mail, sync),
      adding: [BeatEntry("europe", .every(.seconds(300))) { sync.s("eu") }])

    #expect(table.entries.map(\.name) == ["europe", "mail"])
    #expect(table.entries.map(\.task) == ["sync", "mail"])
    #expect(table.entries.map(\.missed) == [.once, .skip])
  }

  @Test func `a wrong entry is refused with its place`() throws {
    let cases: [(BeatEntryError.Code, Schedule, String)] = [
      (
        .invalidSchedule, .crontab("61 0 * * *"),
        "entry 'mail' at App/Tasks.swift:12: schedule '61 0 * * * UTC': "
      ),
      (.invalidSchedule, .every(.zero), "entry 'mail' at App/Tasks.swift:12: schedule 'every 0"),
      (
        .invalidSchedule, .crontab("0 0 31 2 *"),
        "entry 'mail' at App/Tasks.swift:12: schedule '0 0 31 2 * UTC': no month"
      ),
      (
        .unusableZone, .crontab("0 0 * * *", in: "Europe/Berlyn"),
        "entry 'mail' at App/Tasks.swift:12: time zone 'Europe/Berlyn': "
      ),
    ]
    for (code, schedule, text) in cases {
      let mail = TaskDefinition(
        "mail", periodic: PeriodicOptions(schedule), file: "App/Tasks.swift", line: 12
      ) {}
      let tasks = try registry(mail)

      let error = try #require(throws: BeatEntryError.self) { try Timetable(registry: tasks) }

      #expect(error.code == code)
      #expect(error.description.hasPrefix(text), "\(error)")
    }
  }

  @Test func `a periodic task needs a default for each parameter`() throws {
    let periodic = PeriodicOptions(.every(.seconds(30)))
    let required = TaskDefinition(
      "a", labels: ["to"], periodic: periodic, file: "App/A.swift", line: 3
    ) { (_: String) in }
    let tasks = try registry(required)
    let error = try #require(throws: BeatEntryError.self) { try Timetable(registry: tasks) }

    #expect(error.code == .missingArguments)
    #expect(error.description.hasPrefix("entry 'a' at App/A.swift:3: argument 'to' is missing"))
  }

  @Test func `two entries of one name are refused with both places`() throws {
    let mail = TaskDefinition(
      "mail", periodic: .init(.hourly), file: "App/Mail.swift", line: 7
    ) {}
    let tasks = try registry(mail)
    let twin = BeatEntry("mail", .hourly, file: "App/Twin.swift", line: 9) { mail.s() }

    let error = try #require(throws: BeatEntryError.self) {
      try Timetable(registry: tasks, adding: [twin])
    }

    #expect(error.code == .duplicateName)
    #expect(
      error.description == """
        entry 'mail' at App/Twin.swift:9: another entry has this name, at App/Mail.swift:7; \
        name one of them differently
        """)
  }

  @Test func `the next firings of all entries come in order`() throws {
    let table = try Timetable([
      BeatEntry("b", .every(.seconds(600))) { tick.s() },
      BeatEntry("a", .crontab("*/20 * * * *")) { tick.s() },
    ])

    let upcoming = table.upcoming(count: 5, after: at(9))

    #expect(upcoming.map(\.entry) == ["b", "a", "b", "b", "a"])
    #expect(upcoming.map(\.due) == [at(9, 10), at(9, 20), at(9, 20), at(9, 30), at(9, 40)])
  }

  @Test func `the firings of a week are those before its end`() throws {
    let table = try Timetable.of(.daily(at: "00:00", in: "Europe/Berlin"))
    let start = Timestamp("2026-03-25T00:00:00Z")

    let week = table.firings(after: start).prefix { $0.due < start + .seconds(7 * 86_400) }

    #expect(week.map(\.due.description.count).count == 7)
    #expect(week.first?.due == Timestamp("2026-03-25T23:00:00Z"))
    #expect(week.last?.due == Timestamp("2026-03-31T22:00:00Z"))
  }

  @Test func `no entries have no firings`() throws {
    #expect(try Timetable([]).upcoming(count: 3, after: at(9)).isEmpty)
  }
}
