public import CeleriacSchedule
import Synchronization

/// A broker and result store in memory, for tests and for programs of one process.
///
/// It keeps every promise of ``Broker`` but one: what it holds ends with the process. Time comes
/// from its clock alone, so a test decides when a retry or a countdown falls due.
public final class MemoryBroker: Broker, ResultStore {
  private let clock: any WallClock
  private let state = Mutex(MemoryState())
  let revocations = MemoryRevocations()

  /// Starts empty.
  public init(clock: any WallClock = SystemWallClock()) {
    self.clock = clock
  }

  /// Always `memory`.
  public var name: String { "memory" }

  /// Puts messages into their queues.
  public func send(_ messages: [Message]) async throws(BrokerError) {
    update { $0.enqueue(messages) }
  }

  /// Starts to take messages on loan.
  public func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    MemoryConsumer(broker: self, queues: options.queues, results: options.results)
  }

  /// How many messages wait in a queue.
  public func length(of queue: QueueName) async throws(BrokerError) -> Int {
    state.withLock { $0.waiting[queue, default: []].count }
  }

  /// Drops the messages that wait in a queue.
  public func purge(_ queue: QueueName) async throws(BrokerError) -> Int {
    state.withLock { $0.waiting.removeValue(forKey: queue)?.count ?? 0 }
  }

  /// Sends the message of a periodic entry, unless that instant or a later one was fired before.
  public func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    let now = clock.now()
    return update { state in
      let isFirst = state.beat[entry.name, default: BeatRecord()]
        .fire(entry.schedule, due: due, at: now)
      if isFirst { state.enqueue([message]) }
      return isFirst
    }
  }

  /// What is known of a periodic entry; the first to ask with its schedule sets the anchor.
  public func beatState(
    of entry: BeatEntryID, startingAt start: Timestamp
  ) async throws(BrokerError) -> BeatState {
    let now = clock.now()
    return state.withLock {
      $0.beat[entry.name, default: BeatRecord()]
        .state(of: entry.schedule, startingAt: start, at: now)
    }
  }

  /// Does nothing: there is no connection.
  public func close() async {}

  /// The messages that wait in a queue, the next one first.
  public func waiting(in queue: QueueName = .default) -> [[UInt8]] {
    state.withLock { $0.waiting[queue, default: []].map(\.bytes) }
  }

  /// The messages that wait for their time, the earliest first.
  public func scheduled() -> [(bytes: [UInt8], due: Timestamp)] {
    state.withLock { $0.scheduled.map { ($0.message.bytes, $0.due) } }
  }

  /// The messages that were given up, the oldest first, each with its reason.
  public func deadLetters() -> [(bytes: [UInt8], reason: String)] {
    state.withLock { $0.dead.map { ($0.bytes, $0.reason) } }
  }

  /// Whether a consumer of these queues would be given something now, without waiting.
  package func hasDueMessage(in queues: [QueueName]) -> Bool {
    state.withLock { state in
      if let next = state.scheduled.first, next.due <= clock.now() { return true }
      return queues.contains { state.waiting[$0]?.isEmpty == false }
    }
  }

  // Changes the state, then wakes whoever waits for such a change.
  private func update<Value>(_ change: (inout MemoryState) -> Value) -> Value {
    let (value, woken) = state.withLock { state in
      let value = change(&state)
      return (value, state.takeWoken())
    }
    for waiter in woken { waiter.resume() }
    return value
  }
}

extension MemoryBroker {
  /// Stores and publishes the state of a call.
  public func store(_ write: ResultWrite) async throws(BrokerError) {
    update { $0.store(write) }
  }

  /// What is stored of a call.
  public func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord? {
    let bytes = state.withLock { $0.results[id]?.bytes }
    do {
      return try bytes.map { bytes throws(WireError) in try ResultRecord(bytes) }
    } catch {
      throw BrokerError(.refused, detail: error.description)
    }
  }

  /// Calls `body` with every state of a call until it returns a value.
  public func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value {
    var seen = -1
    while true {
      let version = state.withLock { $0.version }
      if version != seen, let record = try await read(id), let value = try body(record) {
        return value
      }
      seen = version
      try await change(since: version)
    }
  }

  /// Drops what is stored of a call.
  public func forget(_ id: TaskID) async throws(BrokerError) {
    _ = state.withLock { $0.results.removeValue(forKey: id) }
  }
}

extension MemoryBroker {
  func take(
    upTo count: Int, from queues: [QueueName], for consumer: Int
  ) async throws -> [Delivery] {
    while true {
      let (deliveries, version, nextDue) = state.withLock { state in
        state.promote(upTo: clock.now())
        return (
          state.take(upTo: count, from: queues, for: consumer), state.version,
          state.scheduled.first?.due
        )
      }
      guard deliveries.isEmpty else { return deliveries }
      try await change(since: version, orAt: nextDue)
    }
  }

  func settle(
    _ settlements: [Settlement], for consumer: Int, sharing results: Bool
  ) -> Set<Loan> {
    update { $0.settle(settlements, for: consumer, storing: results) }
  }

  func release(_ consumer: Int) {
    update { $0.release(consumer) }
  }

  func newConsumer() -> Int {
    state.withLock { state in
      state.consumers += 1
      return state.consumers
    }
  }

  // Returns when the state is no longer the one of `version`, or at `deadline` if that is earlier.
  private func change(since version: Int, orAt deadline: Timestamp? = nil) async throws {
    guard let deadline else { return try await change(since: version) }
    let clock = clock
    try await withThrowingTaskGroup(of: Void.self) { group in
      group.addTask { try await clock.sleep(until: deadline) }
      group.addTask { try await self.change(since: version) }
      try await group.next()
      group.cancelAll()
    }
  }

  private func change(since version: Int) async throws {
    let waiter = MemoryWaiter()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        // A waiter that is cancelled already has not taken the continuation.
        guard waiter.wait(continuation) else { return continuation.resume() }
        let isDue = state.withLock { state in
          guard state.version == version else { return true }
          state.waiters.append(waiter)
          return false
        }
        if isDue { waiter.resume() }
      }
    } onCancel: {
      waiter.resume()
    }
    try Task.checkCancellation()
  }
}
