import Celeriac
import CeleriacCore
import Testing

@Task("described.task", queue: "mail", expires: .seconds(60), priority: 3, deliveries: 5)
private func described(_ x: Int, to y: [String: Int]? = nil) {}
private let lineOfDescribed = #line - 1

@PeriodicTask(
  .crontab("0 7 * * mon-fri", in: "Europe/Berlin"), missed: .skip, result: .ignored)
private func wake() async {}

@PeriodicTask(runEvery: .seconds(30)) private func tick(times: Int = 1) {}

/// What a handle knows of its task.
@Suite(.timeLimit(.minutes(1)))
struct TaskDescriptionTests {
  @Test func `options, parameters and place are as written`() {
    #expect(described.name == "described.task")
    #expect(described.options.queue == "mail")
    #expect(described.options.expires == .seconds(60))
    #expect(described.options.priority == 3)
    #expect(described.options.deliveries == 5)
    #expect(
      described.parameters == [
        TaskParameter("x", type: "Int"),
        TaskParameter("to", type: "[String: Int]?", hasDefault: true),
      ])
    #expect(described.source == SourceLocation(file: #fileID, line: lineOfDescribed))
    #expect(described.periodic == nil)
  }

  @Test func `a periodic task has a schedule and is a task all the same`() async throws {
    let schedule = Schedule.crontab("0 7 * * mon-fri", in: "Europe/Berlin")
    #expect(wake.periodic == PeriodicOptions(schedule, missed: .skip))
    #expect(wake.options.result == .ignored)
    #expect(tick.periodic == PeriodicOptions(.every(.seconds(30)), missed: .once))

    let sent = try await SentCall { try await tick.delay() }
    #expect(sent.kwargs == "{\"times\": 1}")
    #expect(try await sent.run() == "null")
  }
}
