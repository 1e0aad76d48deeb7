import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct WorkerTests {
  private let bench = WorkerBench()
  private let add = TaskDefinition("add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y }

  @Test func `a call runs, and its value is its result`() async throws {
    try await bench.run([add]) { _ async throws in
      let result = try await bench.queue.send(add.s(2, 3))

      #expect(try await result.value(within: .seconds(5)) == 5)
    }
    #expect(bench.broker.waiting().isEmpty)
  }

  @Test func `an error is the result of a task without retries`() async throws {
    let fail = TaskDefinition("fail") { () async throws -> Int in throw Boom() }
    try await bench.run([fail]) { _ async throws in
      let result = try await bench.queue.send(fail.s())

      #expect(try await bench.reaches(.failure, result.id))
      #expect(bench.broker.scheduled().isEmpty)
    }
  }

  @Test func `a failure is tried again at its time, as often as the policy says`() async throws {
    let attempts = Recorder<Int>()
    let fail = TaskDefinition(
      "fail", options: TaskOptions(retry: .fixed(attempts: 3, delay: .seconds(60)))
    ) { () async throws -> Int in
      attempts.add(TaskContext.current?.attempt ?? 0)
      throw Boom()
    }
    try await bench.run([fail]) { _ async throws in
      let result = try await bench.queue.send(fail.s())
      #expect(try await bench.reaches(.retry, result.id))
      bench.clock.advance(by: .seconds(59))
      #expect(attempts.all == [1])
      bench.clock.advance(by: .seconds(1))
      #expect(try await attempts.waits(.seconds(30)) { $0.count == 2 })
      #expect(try await eventually(.seconds(30)) { bench.broker.scheduled().count == 1 })
      bench.clock.advance(by: .seconds(60))

      #expect(try await bench.reaches(.failure, result.id))
      #expect(attempts.all == [1, 2, 3])
    }
  }

  @Test func `a task may ask to run again, reject its call, or say nothing`() async throws {
    let retry = TaskDefinition("retry") { () async throws -> Int in
      throw Retry(after: .seconds(5))
    }
    let reject = TaskDefinition("reject") { () async throws -> Int in throw Reject("no use") }
    let ignore = TaskDefinition("ignore") { () async throws -> Int in throw Ignore() }
    try await bench.run([retry, reject, ignore, add]) { _ async throws in
      let first = try await bench.queue.send(retry.s())
      let second = try await bench.queue.send(reject.s())
      let third = try await bench.queue.send(ignore.s())
      _ = try await bench.queue.send(add.s(1, 1)).value(within: .seconds(5))

      #expect(try await bench.reaches(.retry, first.id))
      #expect(try await bench.reaches(.failure, second.id))
      #expect(try await bench.state(of: third.id) == nil)
      #expect(bench.broker.deadLetters().map(\.reason) == ["no use"])
      #expect(bench.broker.scheduled().count == 1)
    }
  }

  @Test func `a call with a countdown waits in the broker`() async throws {
    try await bench.run([add]) { _ async throws in
      let result = try await bench.queue.send(add.s(1, 1).after(.seconds(30)))
      #expect(try await eventually(.seconds(30)) { bench.broker.scheduled().count == 1 })
      #expect(try await bench.state(of: result.id) == nil)
      bench.clock.advance(by: .seconds(30))

      #expect(try await result.value(within: .seconds(5)) == 2)
    }
  }

  @Test func `a call that comes too late is revoked`() async throws {
    let result = try await bench.queue.send(add.s(1, 1).expires(after: .seconds(10)))
    bench.clock.advance(by: .seconds(10))
    try await bench.run([add]) { _ async throws in
      #expect(try await bench.reaches(.revoked, result.id))
    }
  }

  @Test func `an unknown task is buried with a failure, or kept for others`() async throws {
    let strange = RemoteTask<Int>("strange")
    let first = try await bench.queue.send(strange.s())
    try await bench.run([add]) { _ async throws in
      #expect(try await bench.reaches(.failure, first.id))
      #expect(bench.broker.deadLetters().count == 1)
    }
    let second = try await bench.queue.send(strange.s())
    try await bench.run([add], configure: { $0.unknownTasks = .requeue }) { _ async throws in
      #expect(try await eventually(.seconds(30)) { bench.broker.scheduled().count == 1 })
      #expect(try await bench.state(of: second.id) == nil)
    }
  }

  static let malformed: [String] = [
    "", "not JSON", "[1,2]", "null", "{}", #"{"body": "e30="}"#, #"{"body": "%%%"}"#,
    #"{"body": "W10=", "headers": {}, "properties": {"body_encoding": "base64"}}"#,
    #"{"body": "W10=", "headers": {"id": "a", "task": "add"}, "content-type": "application/json", "content-encoding": "utf-8", "properties": {"body_encoding": "base64"}}"#,
    #"{"body": "gAQ=", "headers": {"id": "a", "task": "add"}, "content-type": "application/x-python-serialize", "content-encoding": "binary", "properties": {"body_encoding": "base64"}}"#,
    #"{"body": "//79", "headers": {"id": "a", "task": "add"}, "content-type": "application/json", "content-encoding": "utf-8", "properties": {"body_encoding": "base64"}}"#,
    #"{"body": "W1sxLDJdLHt9LG51bGxd", "headers": {"id": "a", "task": "add", "eta": "soon"}, "content-type": "application/json", "content-encoding": "utf-8", "properties": {"body_encoding": "base64"}}"#,
    #"{"body": "WyJhYiIse30sbnVsbF0=", "headers": {"id": "a", "task": "add"}, "content-type": "application/json", "content-encoding": "utf-8", "properties": {"body_encoding": "base64"}}"#,
  ]

  @Test(arguments: malformed)
  func `what can't be read is buried, and the next call runs`(_ text: String) async throws {
    try await bench.push(text)
    let result = try await bench.queue.send(add.s(1, 1))
    try await bench.run([add], concurrency: 1) { _ async throws in
      #expect(try await result.value(within: .seconds(5)) == 2)
      #expect(try await eventually(.seconds(30)) { bench.broker.deadLetters().count == 1 })
    }
    #expect(bench.broker.deadLetters().map(\.bytes) == [Array(text.utf8)])
  }

  @Test func `wrong arguments are a failure, and buried`() async throws {
    let wrong = RemoteTask<String, Int>("add")
    try await bench.run([add]) { _ async throws in
      let result = try await bench.queue.send(wrong.s("one"))

      #expect(try await bench.reaches(.failure, result.id))
      #expect(try await eventually(.seconds(30)) { bench.broker.deadLetters().count == 1 })
    }
  }

  @Test func `a run past its soft limit is cancelled and fails`() async throws {
    let patient = TaskDefinition(
      "patient", options: TaskOptions(timeLimit: .soft(.milliseconds(50)))
    ) { () async throws -> Int in
      try await Task.sleep(for: .seconds(60))
      return 0
    }
    try await bench.run([patient]) { _ async throws in
      let result = try await bench.queue.send(patient.s())

      #expect(try await bench.reaches(.failure, result.id))
    }
  }

  @Test func `an early acknowledgement ends the loan before the run`() async throws {
    let door = Door()
    let started = Counter()
    let once = TaskDefinition("once", options: TaskOptions(acknowledge: .early)) {
      () async throws -> Int in
      started.add()
      await door.pass()
      return 7
    }
    try await bench.run([once], configure: { $0.stopTimeout = .milliseconds(10) }) {
      run async throws in
      let result = try await bench.queue.send(once.s())
      #expect(try await eventually(.seconds(30)) { started.value == 1 })
      await run.stop()
      #expect(bench.broker.waiting().isEmpty, "nothing is left to hand back")
      door.open()
      #expect(try await bench.reaches(.success, result.id))
    }
  }

  @Test func `an ignored result is not stored`() async throws {
    let silent = TaskDefinition("silent", options: TaskOptions(result: .ignored)) { 1 }
    try await bench.run([silent, add], concurrency: 1) { _ async throws in
      let result = try await bench.queue.send(silent.s())
      _ = try await bench.queue.send(add.s(1, 1)).value(within: .seconds(5))

      #expect(try await bench.state(of: result.id) == nil)
    }
  }

  @Test func `a task says how far it is, what it is, and whose child its calls are`() async throws {
    let door = Door()
    let add = add
    let children = Recorder<TaskID>()
    let parent = TaskDefinition("parent") { () async throws -> String in
      let context = try #require(TaskContext.current)
      try await context.report(progress: ["current": 3])
      await door.pass()
      children.add(try await add.delay(1, 1).id)
      return context.id.rawValue
    }
    let inspect = TaskDefinition("inspect") { () async throws -> [String] in
      let call = try #require(TaskContext.current).call
      return [call.parentID?.rawValue ?? "none", call.rootID.rawValue]
    }
    let outer = TaskDefinition("outer") { () async throws -> [String] in
      try await inspect.delay().value(within: .seconds(5))
    }
    try await bench.run([parent, add, inspect, outer]) { _ async throws in
      let result = try await bench.queue.send(parent.s())
      #expect(try await bench.reaches(.progress, result.id))
      door.open()
      #expect(try await result.value(within: .seconds(5)) == result.id.rawValue)
      #expect(try await children.waits(.seconds(30)) { $0.count == 1 })

      let nested = try await bench.queue.send(outer.s())
      let id = nested.id.rawValue
      #expect(try await nested.value(within: .seconds(5)) == [id, id])
    }
  }
}
