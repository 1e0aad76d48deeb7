import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

/// What a test is told when it asks for what cannot be.
@Suite(.timeLimit(.minutes(1)))
struct MistakeTests {
  @Test func `a call of an unknown task stays where it is`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      try await mail.delay("ada", [])

      for _ in 1...2 {
        let error = await #expect(throws: TestQueueError.self) { try await queue.runAll() }
        #expect(error?.code == .unknownTask)
        #expect(error?.detail.contains("'shop.mail' waits") == true)
        #expect(error?.detail.contains("'shop.add'") == true)
      }
    }
  }

  @Test func `a stand-in runs for a task that lives elsewhere`() async throws {
    let standIn = TaskDefinition("images.resize") { (name: String) in "small-\(name)" }
    try await withTestQueue(tasks: [standIn]) { queue in
      let result = try await RemoteTask<String, String>("images.resize").delay("cat.jpg")
      try await queue.runAll()

      #expect(try await result.value(within: .seconds(5)) == "small-cat.jpg")
    }
  }

  @Test func `without any task, the error says where they come from`() async throws {
    try await withTestQueue(tasks: []) { queue in
      #expect(try await queue.runAll() == [])
      try await add.delay(1, 1)

      let error = await #expect(throws: TestQueueError.self) { try await queue.runAll() }
      #expect(error?.code == .noTasks)
      #expect(error?.detail.contains("withTestQueue(tasks:") == true)
    }
  }

  @Test func `without periodic tasks nothing can fall due`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      let error = await #expect(throws: TestQueueError.self) { try await queue.dueEntries() }
      #expect(error?.code == .noEntries)
    }
  }

  @Test func `a task cannot run the queue that runs it`() async throws {
    let eager = TaskDefinition("shop.eager") { () async throws in
      try await Running.queue?.runAll()
    }
    try await withTestQueue(tasks: [eager]) { queue in
      try await eager.delay()

      let runs = try await Running.$queue.withValue(queue) { try await queue.runAll() }

      guard case .failed(let reason) = try #require(runs.first).outcome else {
        Issue.record("\(runs)")
        return
      }
      #expect(reason.contains("already running"))
      #expect(try await queue.runAll() == [])
    }
  }

  @Test func `calls that never end are stopped`() async throws {
    let again = TaskDefinition("shop.again") { () async throws in try await Running.again?.delay() }
    try await Running.$again.withValue(again.s()) {
      try await withTestQueue(tasks: [again]) { queue in
        try await again.delay()

        let error = await #expect(throws: TestQueueError.self) {
          try await queue.runAll(atMost: 20)
        }
        #expect(error?.code == .endless)
        #expect(queue.sent.count == 21)
      }
    }
  }

  @Test func `two tasks of one name are refused`() async throws {
    await #expect(throws: DuplicateTaskError.self) {
      try await withTestQueue(tasks: [add, add]) { _ in }
    }
  }

  @Test func `a schedule without a next time is said`() async throws {
    let end = TestClock(now: .distantFuture)

    let error = #expect(throws: TestQueueError.self) { try end.advance(to: .hourly) }
    #expect(error?.code == .neverDue)
    #expect(throws: ScheduleError.self) { try end.advance(to: .daily(at: "25:00")) }
  }
}

private enum Running {
  @TaskLocal static var queue: TestQueue?
  @TaskLocal static var again: Signature<Nothing>?
}
