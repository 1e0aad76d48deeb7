import CeleriacCore
import CeleriacWorker
import Logging
import Synchronization

/// Runs a worker on a queue in which the same message waits again and again, until it has settled
/// `count` of them.
func withEndlessQueue(of message: [UInt8], _ count: Int) async throws {
  let (settled, done) = AsyncStream.makeStream(of: Void.self)
  let consumer = EndlessConsumer(message: message, count: count) { done.finish() }
  let add = TaskDefinition("celery_app.add") { (x: Int, y: Int) in x + y }
  var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
  logger.logLevel = .warning
  let worker = Worker(
    queue: TaskQueue(broker: NoBroker(consumer: consumer), results: NoResults()),
    registry: try TaskRegistry(listing: [add]),
    configuration: WorkerConfiguration(concurrency: 2, prefetch: 126), logger: logger)
  let running = Task { try await worker.run() }
  for await _ in settled {}
  running.cancel()
  try await running.value
}

/// Hands the same message out again and again.
private final class EndlessConsumer: Consumer {
  private struct State {
    var taken = 0
    var settled = 0
  }

  private let message: [UInt8]
  private let count: Int
  private let onDone: @Sendable () -> Void
  private let state = Mutex(State())

  init(message: [UInt8], count: Int, onDone: @escaping @Sendable () -> Void) {
    self.message = message
    self.count = count
    self.onDone = onDone
  }

  var holdsSuspects: Bool { false }

  func take(into room: Room) async throws -> [Delivery] {
    let (first, portion) = state.withLock { state in
      let portion = min(room.total, count - state.taken)
      defer { state.taken += portion }
      return (state.taken, portion)
    }
    if portion == 0 { try await Task.sleep(for: .seconds(3600)) }
    return (first..<first + portion).map { index in
      Delivery(loan: Loan(batch: 1, index: index), bytes: message, queue: .default)
    }
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    let isDone = state.withLock { state in
      state.settled += settlements.count
      return state.settled == count
    }
    if isDone { onDone() }
    return []
  }

  func close() async {}
}
