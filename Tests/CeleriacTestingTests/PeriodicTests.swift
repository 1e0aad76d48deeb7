import CeleriacBeat
import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PeriodicTests {
  @Test func `midnight in Berlin mails everyone`() async throws {
    try await withTestQueue(tasks: [mailEveryone, mail]) { queue in
      #expect(try await queue.dueEntries() == [])
      try queue.clock.advance(to: .daily(at: "00:00", in: "Europe/Berlin"))
      #expect(queue.clock.now() == Timestamp(iso8601: "2026-01-01T23:00:00Z"))
      #expect(try await queue.dueEntries() == [mailEveryone.name])

      let fired = try await queue.fireDue()
      try await queue.runAll()

      #expect(fired.map(\.due) == [queue.clock.now()])
      #expect(queue.sent(mailEveryone).count == 1)
      #expect(queue.sent(mail).count == 2)
      #expect(try await queue.dueEntries() == [])
    }
  }

  @Test func `asking what is due fires nothing`() async throws {
    try await withTestQueue(tasks: [poll]) { queue in
      queue.clock.advance(by: .seconds(30))

      let first = try await queue.dueEntries()
      let second = try await queue.dueEntries()

      #expect(first == [poll.name])
      #expect(second == [poll.name])
      #expect(queue.sent.isEmpty)
    }
  }

  @Test func `an interval counts from the beginning of the test`() async throws {
    try await withTestQueue(tasks: [poll]) { queue in
      let start = queue.clock.now()
      var dues: [Timestamp] = []
      for _ in 1...6 {
        queue.clock.advance(by: .seconds(15))
        dues += try await queue.fireDue().map(\.due)
      }

      #expect(dues == [30, 60, 90].map { start + .seconds($0) })
    }
  }

  @Test func `of times that were skipped, the policy says which are fired`() async throws {
    let entries = [
      BeatEntry("all", .every(.seconds(30)), missed: .all(within: .seconds(3600))) {
        add.s(1, 1)
      }
    ]
    try await withTestQueue(tasks: [poll, add], entries: entries) { queue in
      let start = queue.clock.now()
      queue.clock.advance(by: .seconds(95))

      let fired = try await queue.fireDue()

      #expect(
        fired.filter { $0.entry == "all" }.map(\.due) == [30, 60, 90].map { start + .seconds($0) })
      #expect(fired.filter { $0.entry == poll.name }.map(\.due) == [start + .seconds(90)])
    }
  }

  @Test func `an entry that a beat would refuse is refused here`() async throws {
    let needy = TaskDefinition("shop.needy", periodic: PeriodicOptions(.hourly)) { (x: Int) in x }
    try await withTestQueue(tasks: [needy]) { queue in
      await #expect(throws: BeatEntryError.self) { try await queue.fireDue() }
    }
  }
}
