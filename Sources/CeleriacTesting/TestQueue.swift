public import CeleriacBeat
public import CeleriacCore
public import CeleriacSchedule
public import Logging
import Synchronization

/// A queue for one test: in memory, with a clock that the test moves.
///
///     try await withTestQueue { queue in
///       try queue.clock.advance(to: .daily(at: "00:00", in: "Europe/Berlin"))
///       try await queue.fireDue()            // beat's part
///       try await queue.runAll()             // the worker's part
///
///       let mails = queue.sent(sendDigest)
///       #expect(try mails.map { try $0.argument("to", as: String.self) } == ["ada@example.org"])
///     }
///
/// Nothing happens by itself: calls wait until ``runAll()``, periodic tasks until ``fireDue()``, and
/// retries and countdowns until the clock has been moved to their time as well. What happens then
/// is decided by the code of the real worker and the real beat.
public final class TestQueue: Sendable {
  /// What time it is, until the test moves it.
  public let clock: TestClock

  /// The queue as the code under test sees it; ``TaskQueue/current`` inside of
  /// ``withTestQueue(tasks:entries:startingAt:logger:_:)``.
  public let taskQueue: TaskQueue

  /// The tasks that can be run.
  public let registry: TaskRegistry

  let broker: RecordingBroker
  let results: RecordingResults
  let entries: [BeatEntry]
  let start: Timestamp
  let logger: Logger
  let isRunning = Mutex(false)

  init(registry: TaskRegistry, entries: [BeatEntry], start: Timestamp, logger: Logger) {
    clock = TestClock(now: start)
    broker = RecordingBroker(clock: clock)
    results = RecordingResults(storingIn: broker.memory)
    taskQueue = TaskQueue(broker: broker, results: results, clock: clock)
    self.registry = registry
    self.entries = entries
    self.start = start
    self.logger = logger
  }
}

extension TestQueue {
  /// All calls that were sent, by the test, by tasks and by ``fireDue()``, in order.
  ///
  /// They stay here when they have run. A retry is the same call, and not listed again.
  public var sent: [SentCall] {
    broker.sent.map { call, queue in
      SentCall(
        call, in: queue, parameters: registry[call.task]?.handle.parameters.map(\.name))
    }
  }

  /// The calls that were sent to a task, in order.
  public func sent(_ task: some TaskHandle) -> [SentCall] {
    let parameters = task.parameters.map(\.name)
    return broker.sent.filter { $0.call.task == task.name }.map { call, queue in
      SentCall(call, in: queue, parameters: parameters)
    }
  }

  /// The calls that were sent to the task of a name, one that lives elsewhere for instance.
  public func sent(to task: String) -> [SentCall] {
    sent.filter { $0.task == task }
  }
}

/// Runs a test with a queue of its own, to which all calls in `body` are sent.
///
/// - Parameters:
///   - tasks: The tasks that can be run; unless given, all that `@Task` has left in the modules
///     linked into the test, which are those of all test targets of the package. For one more, a stand-in for a task in Python say, give
///     `RegisteredTask.discovered().map(\.handle) + [standIn]`.
///   - entries: Periodic entries besides those of the tasks.
///   - start: What the clock shows at first; unless given, the beginning of 2026 in UTC.
///   - logger: Where worker and beat write; nowhere unless given.
///   - body: The test.
/// - Returns: What `body` returns.
/// - Throws: ``DuplicateTaskError`` when two tasks have one name, and what `body` throws.
@discardableResult
public func withTestQueue<Value>(
  tasks: [any TaskHandle]? = nil, entries: [BeatEntry] = [],
  startingAt start: Timestamp = TestClock().now(),
  logger: Logger = Logger(label: "celeriac.testing") { _ in SwiftLogNoOpLogHandler() },
  _ body: (TestQueue) async throws -> Value
) async throws -> Value {
  let registered = tasks?.map { RegisteredTask(erasing: $0) } ?? RegisteredTask.discovered()
  let queue = TestQueue(
    registry: try TaskRegistry(registered), entries: entries, start: start, logger: logger)
  return try await withTaskQueue(queue.taskQueue) { try await body(queue) }
}
