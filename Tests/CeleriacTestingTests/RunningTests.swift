import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RunningTests {
  @Test func `a result is there once the call has run`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      let result = try await add.delay(2, 2)
      #expect(try await result.state == .pending)

      let runs = try await queue.runAll()

      #expect(runs.map(\.id) == [result.id])
      #expect(runs.map(\.outcome) == [.succeeded])
      #expect(try await result.value(within: .seconds(5)) == 4)
    }
  }

  @Test func `what tasks send runs as well, in order`() async throws {
    try await withTestQueue(tasks: [mailEveryone, mail]) { queue in
      try await mailEveryone.delay()

      let runs = try await queue.runAll()

      #expect(runs.map(\.task) == ["shop.mailEveryone", "shop.mail", "shop.mail"])
      #expect(
        try queue.sent(mail).map { try $0.argument("to", as: String.self) } == ["ada", "grace"])
      #expect(queue.sent(mail).allSatisfy { $0.call.parentID == runs[0].id })
      #expect(try await queue.runAll() == [])
    }
  }

  @Test func `the urgent comes first, and other queues are served too`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      try await add.s(1, 1).id("low").priority(.low).delay()
      try await add.s(1, 1).id("normal").delay()
      try await add.s(1, 1).id("elsewhere").on(queue: "slow").delay()

      let runs = try await queue.runAll()

      #expect(runs.map(\.id) == ["normal", "elsewhere", "low"])
    }
  }

  @Test func `a failure is retried when the clock says so, and then final`() async throws {
    try await withTestQueue(tasks: [mail]) { queue in
      let start = queue.clock.now()
      let result = try await mail.delay("nobody", [])

      let first = try await queue.runAll()
      #expect(
        first.map(\.outcome) == [
          .retried(due: start + .seconds(10), reason: "Refused: the server refuses")
        ])
      #expect(try await result.state == .retry)
      queue.clock.advance(by: .seconds(9))
      #expect(try await queue.runAll() == [])
      queue.clock.advance(by: .seconds(1))
      let second = try await queue.runAll()
      #expect(second.map(\.attempt) == [2])
      queue.clock.advance(by: .seconds(20))
      let third = try await queue.runAll()

      #expect(third.map(\.outcome) == [.failed("Refused: the server refuses")])
      let failure = await #expect(throws: TaskFailure.self) {
        try await result.value(within: .seconds(5))
      }
      #expect(failure?.message == "the server refuses")
      #expect(queue.sent.count == 1)
    }
  }

  @Test func `a retry after an early acknowledgement is no second call`() async throws {
    let early = TaskDefinition(
      "shop.early",
      options: TaskOptions(retry: .fixed(attempts: 2, delay: .seconds(5)), acknowledge: .early)
    ) { () async throws in throw Refused() }
    try await withTestQueue(tasks: [early]) { queue in
      try await early.delay()

      #expect(try await queue.runAll().count == 1)
      queue.clock.advance(by: .seconds(5))
      #expect(try await queue.runAll().map(\.attempt) == [2])
      #expect(queue.sent.count == 1)
    }
  }

  @Test func `a countdown waits for the clock`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      let result = try await add.s(2, 2).after(.seconds(3600)).delay()

      #expect(try await queue.runAll() == [])
      #expect(try await result.state == .pending)
      queue.clock.advance(by: .seconds(3600))
      try await queue.runAll()

      #expect(try await result.value(within: .seconds(5)) == 4)
    }
  }

  @Test func `a call that has expired is not run`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      let result = try await add.s(2, 2).expires(after: .seconds(60)).delay()
      queue.clock.advance(by: .seconds(60))

      #expect(try await queue.runAll().map(\.outcome) == [.revoked("expired")])
      await #expect(throws: TaskRevoked.self) { try await result.value(within: .seconds(5)) }
    }
  }

  @Test func `a call whose arguments do not fit goes to the dead letters`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      try await RemoteTask<String, Int>("shop.add").delay("two")

      let outcome = try #require(try await queue.runAll().first?.outcome)
      guard case .buried(let reason) = outcome else {
        Issue.record("the outcome is \(outcome)")
        return
      }
      #expect(reason.contains("argument 'x'"))
    }
  }

  @Test func `states and progress are remembered when they are overwritten`() async throws {
    let climb = TaskDefinition("shop.climb") { () async throws in
      for step in 1...3 { try await TaskContext.current?.report(progress: step) }
    }
    try await withTestQueue(tasks: [climb]) { queue in
      let result = try await climb.delay()
      #expect(queue.states(of: result.id) == [])

      try await queue.runAll()

      #expect(try queue.progress(of: result.id, as: Int.self) == [1, 2, 3])
      #expect(queue.states(of: result.id) == [.progress, .progress, .progress, .success])
      #expect(throws: DecodingError.self) { try queue.progress(of: result.id, as: String.self) }
    }
  }

  @Test func `a task sees the test's clock, its own context and what the test has bound`()
    async throws
  {
    let look = TaskDefinition("shop.look") { () async throws -> [String] in
      let context = try #require(TaskContext.current)
      return [
        Bound.word, "\(context.attempt)", "\(TaskQueue.current?.clock.now().description ?? "")",
      ]
    }
    try await Bound.$word.withValue("bound") {
      try await withTestQueue(tasks: [look]) { queue in
        let result = try await look.delay()
        try await queue.runAll()

        let seen = try await result.value(within: .seconds(5))
        #expect(seen == ["bound", "1", queue.clock.now().description])
      }
    }
  }
}

private enum Bound {
  @TaskLocal static var word = "free"
}
