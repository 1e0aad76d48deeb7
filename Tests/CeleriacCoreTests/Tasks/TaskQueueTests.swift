@testable import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TaskQueueTests {
  private let task = RemoteTask<Int, Int>("t")

  // One test for both: what is bootstrapped stays so for the whole process.
  @Test func `without a queue sending says what to do, and bootstrapping does it`() async throws {
    let error = await #expect(throws: BrokerError.self) { try await task.delay(1) }
    #expect(error?.code == .noQueue)
    #expect(error?.detail.contains("TaskQueue.bootstrap") == true)
    #expect(TaskQueue.current == nil)
    let queue = TaskQueue.memory()

    TaskQueue.bootstrap(queue)
    try await task.delay(1)

    #expect(try await queue.broker.length(of: .default) == 1)
  }

  @Test func `the innermost queue is the one that is sent to`() async throws {
    let outer = TaskQueue.memory()
    let inner = TaskQueue.memory()

    try await withTaskQueue(outer) {
      try await withTaskQueue(inner) { try await task.delay(1) }
      try await task.delay(2)
      async let child: Void = { _ = try await task.delay(3) }()
      try await child
    }

    #expect(try await inner.broker.length(of: .default) == 1)
    #expect(try await outer.broker.length(of: .default) == 2)
  }

  @Test func `calls without a queue of their own go to the default one`() async throws {
    let broker = MemoryBroker()
    let queue = TaskQueue(broker: broker, results: broker, defaultQueue: "web")

    try await queue.send(task.s(1))
    try await queue.send(task.s(2).on(queue: "mail"))

    #expect(broker.waiting(in: "web").count == 1)
    #expect(broker.waiting(in: "mail").count == 1)
    #expect(broker.waiting().isEmpty)
  }
}

@Suite(.timeLimit(.minutes(1)))
struct TaskResultTests {
  private let queue = TaskQueue.memory()
  private let result: TaskResult<Int>

  init() {
    result = TaskResult(id: "a", in: queue)
  }

  @Test func `a value is waited for`() async throws {
    async let value = result.value(within: .seconds(30))
    await Task.yield()
    try await store(.started, "null")
    try await store(.progress, "[1, 2]")

    try await store(.success, "4")

    #expect(try await value == 4)
  }

  @Test func `a result that does not come in time says so`() async {
    let error = await #expect(throws: TaskTimedOut.self) {
      try await result.value(within: .milliseconds(20))
    }

    #expect(error == TaskTimedOut(id: "a", limit: .milliseconds(20)))
  }

  @Test func `waiting ends when the waiting task is cancelled`() async {
    let waiting = Task { [result] in try await result.value(within: .seconds(3600)) }
    await Task.yield()

    waiting.cancel()

    await #expect(throws: CancellationError.self) { try await waiting.value }
  }

  @Test func `a value of another type is an error and no crash`() async throws {
    try await store(.success, #""four""#)

    await #expect(throws: DecodingError.self) { try await result.value(within: .seconds(30)) }
  }

  @Test func `state and progress are what is stored, and nothing once it is forgotten`()
    async throws
  {
    #expect(try await result.state == .pending)
    #expect(try await result.progress(as: [Int].self) == nil)

    try await store(.progress, "[3, 10]")
    #expect(try await result.state == .progress)
    #expect(try await result.progress(as: [Int].self) == [3, 10])

    try await store(.success, "4")
    #expect(try await result.progress(as: [Int].self) == nil)

    try await result.forget()
    #expect(try await result.state == .pending)
  }

  @Test func `a record written by a worker is read by its client`() async throws {
    let call = try TaskCall(message: .message(headers: #""group": "g", "parent_id": "p""#))
    let time = try #require(Timestamp(iso8601: "2026-01-02T03:04:05Z"))
    let exception = TaskException(type: "Failed", module: "App", arguments: ["no \"luck\"", "2"])

    let write = call.result(
      .failure, value: exception.json, traceback: "line 1\nline 2", at: time, expiry: .seconds(1))
    let text = String(decoding: write.bytes, as: UTF8.self)
    let failure = try ResultRecord(write.bytes).failure(of: call.id)

    #expect(failure.type == "Failed")
    #expect(failure.module == "App")
    #expect(failure.message == "no \"luck\", 2")
    #expect(failure.traceback == "line 1\nline 2")
    #expect(text.contains(#""date_done": "2026-01-02T03:04:05+00:00""#))
    #expect(text.contains(#""group_id": "g", "parent_id": "p", "task_id": "b407031e""#))
  }

  @Test(arguments: [
    "", "null", "[]", "{}", #"{"status": "SUCCESS"}"#, #"{"result": 1}"#,
    #"{"status": 1, "result": 1}"#,
    #"{"status": "SUCCESS", "result": 1"#, "\0celery-compressed\0application/x-gzip\0…",
  ])
  func `what is no record is refused`(text: String) {
    #expect(throws: WireError.self) { try ResultRecord(Array(text.utf8)) }
  }

  private func store(_ state: TaskState, _ value: String) async throws {
    let bytes = Array(#"{"status": "\#(state.rawValue)", "result": \#(value)}"#.utf8)
    try await queue.results.store(
      ResultWrite(id: "a", state: state, bytes: bytes, expiry: .seconds(60)))
  }
}
