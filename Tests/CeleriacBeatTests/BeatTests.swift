import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Logging
import TestSupport
import Testing

@testable import CeleriacBeat

/// The service over a broker in memory, with a clock that the test moves.
@Suite(.timeLimit(.minutes(1)))
struct BeatTests {
  private let clock: TestClock
  private let broker: ProbeBroker
  private let queue: TaskQueue
  private let log = LogRecorder()

  init() {
    clock = TestClock(now: at(9))
    let memory = MemoryBroker(clock: clock)
    broker = ProbeBroker(memory)
    queue = TaskQueue(broker: broker, results: memory, clock: clock)
  }

  private func beat(_ table: Timetable, onReady: @escaping @Sendable () -> Void = {}) -> Beat {
    Beat(queue: queue, timetable: table, logger: log.logger, onReady: onReady)
  }

  private func fires(_ count: Int) async throws {
    try await until { broker.fired.count >= count }
  }

  @Test func `a beat fires when the time comes, and says so`() async throws {
    let ready = Counter()
    try await withRunning(beat(try .of(.every(.seconds(30)))) { ready.add() }) {
      try await until { ready.value == 1 }
      for count in 1...3 {
        clock.advance(by: .seconds(30))
        try await fires(count)
      }
    }

    #expect(broker.fired == [at(9, 0, 30), at(9, 1), at(9, 1, 30)])
    #expect(
      log.messages() == ["ready", "entry fired", "entry fired", "entry fired", "stopped"])
    let fired = try #require(log.lines.first { $0.message == "entry fired" })
    #expect(fired.metadata["entry"] == "tick")
    #expect(fired.metadata["due"] == "2026-01-01T09:00:30+00:00")
    #expect(fired.metadata["lag_ms"] == "0.0")
    #expect(fired.metadata["missed_since"] == nil)
  }

  @Test func `the message is an ordinary call with the header of beat`() async throws {
    let report = TaskDefinition(
      "report", labels: ["day"],
      options: TaskOptions(
        queue: "slow", expires: .seconds(60), priority: .low, result: .ignored)
    ) { (_: String) in }
    let entry = BeatEntry("daily report", .every(.seconds(30))) { report.s("today") }
    try await withRunning(beat(try Timetable([entry]))) {
      try await until { log.messages().contains("ready") }
      clock.advance(by: .seconds(30))
      try await fires(1)
    }

    let bytes = try #require(broker.memory.waiting(in: "slow").first)
    let call = try TaskCall(message: bytes)
    var arguments = call.arguments
    #expect(call.task == "report")
    #expect(try arguments.next("day", as: String.self) == "today")
    #expect(call.eta == nil)
    #expect(call.expires == at(9, 1, 30))
    #expect(call.priority == 6)
    #expect(call.ignoresResult == true)
    #expect(call.parentID == nil)
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains(#""celery_beat_task": true"#))
  }

  @Test func `midnight in Berlin comes once a day, also when the clocks change`() async throws {
    let start = Timestamp("2026-10-24T12:00:00Z")
    clock.advance(by: start - clock.now())
    let midnights = ["24T22", "25T23", "26T23"].map { Timestamp("2026-10-\($0):00:00Z") }
    let night = ["25T00:30", "26T01:30"].map { Timestamp("2026-10-\($0):00Z") }
    let table = try Timetable([
      BeatEntry("midnight", .daily(at: "00:00", in: "Europe/Berlin")) { tick.s() },
      BeatEntry("half past two", .crontab("30 2 * * *", in: "Europe/Berlin")) { tick.s() },
    ])

    try await withRunning(beat(table)) {
      try await until { log.messages().contains("ready") }
      for (index, due) in (midnights + night).sorted().enumerated() {
        clock.advance(by: due - clock.now())
        try await fires(index + 1)
      }
    }

    #expect(broker.fired == (midnights + night).sorted())
  }

  @Test func `an outage is said once, and its instant fires when it ends`() async throws {
    let attempts = Counter()
    try await withRunning(beat(try .of(.every(.seconds(30))))) {
      try await until { log.messages().contains("ready") }
      broker.fail { _ in
        attempts.add()
        return .unreachable
      }
      clock.advance(by: .seconds(30))
      for count in 1...5 {
        try await until { attempts.value >= count }
        clock.advance(by: .seconds(1))
      }
      broker.fail { _ in nil }
      clock.advance(by: .seconds(1))
      try await fires(1)
      try await until { log.messages().contains("entry fired") }
    }

    #expect(broker.fired == [at(9, 0, 30)])
    #expect(
      log.messages() == [
        "ready", "broker unreachable; trying again", "broker reached again", "entry fired",
        "stopped",
      ])
  }

  @Test func `an answer that was lost is no second firing`() async throws {
    try await withRunning(beat(try .of(.every(.seconds(30))))) {
      try await until { log.messages().contains("ready") }
      broker.fail { _ in .answerLost }
      clock.advance(by: .seconds(30))
      try await fires(1)
      broker.fail { _ in nil }
      try await until {
        clock.advance(by: .milliseconds(50))
        return log.messages(from: .debug).contains("entry was fired before")
      }
    }

    #expect(broker.fired == [at(9, 0, 30)])
  }

  @Test func `one entry that is refused holds up no other`() async throws {
    broker.fail { $0 == "bad" ? .refused : nil }
    let table = try Timetable(
      ["bad", "good"].map { name in BeatEntry(name, .every(.seconds(30))) { tick.s() } })
    try await withRunning(beat(table)) {
      try await until { log.messages().contains("ready") }
      clock.advance(by: .seconds(30))
      try await fires(1)
      clock.advance(by: .seconds(30))
      try await fires(2)
    }

    #expect(broker.fired == [at(9, 0, 30), at(9, 1)])
    #expect(log.messages(from: .error) == ["broker refuses; trying again"])
  }

  @Test func `a broker that refuses everything at the start ends the beat`() async throws {
    broker.fail { _ in .refused }
    let beat = beat(try .of(.every(.seconds(30)))) { Issue.record("it is not ready") }

    let error = await #expect(throws: BrokerError.self) { try await beat.run() }

    #expect(error?.code == .refused)
  }

  @Test func `a broker that is not there yet is waited for`() async throws {
    broker.fail { _ in .unreachable }
    try await withRunning(beat(try .of(.every(.seconds(30))))) {
      try await until { !log.messages(from: .error).isEmpty }
      #expect(!log.messages().contains("ready"))
      broker.fail { _ in nil }
      try await until {
        clock.advance(by: .milliseconds(50))
        return log.messages().contains("ready")
      }
    }
  }

  @Test func `a call that cannot travel is said, and the next one has its turn`() async throws {
    struct Stubborn: Codable, Sendable {
      func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "never"))
      }
    }
    let remote = RemoteTask<Stubborn, Int>("remote")
    let entry = BeatEntry("stubborn", .every(.seconds(30))) { remote.s(Stubborn()) }
    try await withRunning(beat(try Timetable([entry]))) {
      try await until { log.messages().contains("ready") }
      for count in 1...2 {
        clock.advance(by: .seconds(30))
        try await until { log.messages(from: .error).count == count }
      }
    }

    #expect(log.messages(from: .error).first == "call can't be sent; this time is left out")
    #expect(broker.fired.isEmpty)
  }

  @Test func `a beat without entries is ready, and warns`() async throws {
    try await withRunning(beat(try Timetable([]))) {
      try await until { log.messages().contains("ready") }
    }

    #expect(log.messages() == ["there are no periodic entries", "ready", "stopped"])
  }
}
