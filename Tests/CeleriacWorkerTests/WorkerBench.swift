import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

/// A worker on a broker in memory, with a clock that stands still unless told otherwise.
final class WorkerBench: Sendable {
  let clock: TestClock
  let broker: MemoryBroker
  let queue: TaskQueue
  let log = Recorder<String>()
  /// Where `hold` waits.
  let door = Door()
  /// The numbers of those `hold` that have begun.
  let started = Recorder<Int>()

  /// Begins, and ends when the door is open.
  var hold: TaskDefinition<Int, Int> {
    TaskDefinition("hold", labels: ["number"]) { [started, door] (number: Int) in
      started.add(number)
      await door.pass()
      return number
    }
  }

  init() {
    clock = TestClock()
    broker = MemoryBroker(clock: clock)
    queue = TaskQueue(broker: broker, results: broker, clock: clock)
  }

  /// Runs a worker as long as `body` takes, then stops it gracefully.
  func run(
    _ tasks: [any TaskHandle], concurrency: Int = 4, prefetch: Int? = nil,
    on broker: (any Broker)? = nil, configure: (inout WorkerConfiguration) -> Void = { _ in },
    _ body: (WorkerRun) async throws -> Void
  ) async throws {
    var configuration = WorkerConfiguration(
      concurrency: concurrency, prefetch: prefetch, name: "w@test")
    configure(&configuration)
    let queue = TaskQueue(broker: broker ?? queue.broker, results: queue.results, clock: clock)
    var logger = Logger(label: "worker") { _ in RecordingLog(lines: self.log) }
    logger.logLevel = .debug
    let worker = Worker(
      queue: queue, registry: try TaskRegistry(listing: tasks), configuration: configuration,
      logger: logger)
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [.init(service: worker, successTerminationBehavior: .gracefullyShutdownGroup)],
        logger: logger))
    let running = Task { try await group.run() }
    let run = WorkerRun(task: running, group: group)
    do {
      try await body(run)
    } catch {
      running.cancel()
      throw error
    }
    await run.stop()
  }

  /// Puts a text as it is into the queue.
  func push(_ text: String) async throws {
    try await broker.send([Message(bytes: Array(text.utf8), queue: .default)])
  }

  func state(of id: TaskID) async throws -> TaskState? { try await broker.read(id)?.state }

  func reaches(_ state: TaskState, _ id: TaskID) async throws -> Bool {
    try await eventually(.seconds(30)) { try await self.state(of: id) == state }
  }
}

/// A worker that runs.
struct WorkerRun: Sendable {
  let task: Task<Void, any Error>
  let group: ServiceGroup

  /// Stops gracefully and waits for the end.
  func stop() async {
    await group.triggerGracefulShutdown()
    _ = await task.result
  }

  /// Cancels and waits for the end.
  func cancel() async {
    task.cancel()
    _ = await task.result
  }
}

private struct RecordingLog: LogHandler {
  let lines: Recorder<String>
  var metadata: Logger.Metadata = [:]
  var logLevel = Logger.Level.debug

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) { lines.add("\(event.level) \(event.message)") }
}

/// A door that tasks wait at until a test opens it.
final class Door: Sendable {
  private enum State {
    case shut([CheckedContinuation<Void, Never>])
    case open
  }

  private let state = Mutex(State.shut([]))

  func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        guard case .shut(let waiting) = state else { return true }
        state = .shut(waiting + [continuation])
        return false
      }
      if isOpen { continuation.resume() }
    }
  }

  func open() {
    let waiting = state.withLock { state in
      defer { state = .open }
      if case .shut(let waiting) = state { return waiting }
      return []
    }
    for continuation in waiting { continuation.resume() }
  }
}

struct Boom: Error, CustomStringConvertible {
  var description: String { "boom" }
}
