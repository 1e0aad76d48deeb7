import CeleriacCore
import Synchronization

/// The broker in memory, with a consumer that keeps to itself what a test tells it to.
final class StubbornBroker: Broker {
  private struct State {
    var isStale = false
    var refuses = false
    var lease = LeaseLoss.none
    var requests = 0
  }

  /// How a lease ends while an answer is lost.
  enum LeaseLoss {
    case none
    /// The next request to settle gets no answer.
    case underway
    /// Others have what was on loan.
    case over
  }

  private let broker: MemoryBroker
  private let state = Mutex(State())

  init(_ broker: MemoryBroker) { self.broker = broker }

  var name: String { "stubborn" }
  /// How many requests to settle it has seen.
  var requests: Int { state.withLock { $0.requests } }

  /// Whether the lease is not known to run; nothing is taken then.
  var isStale: Bool {
    get { state.withLock { $0.isStale } }
    set { state.withLock { $0.isStale = newValue } }
  }

  /// Whether every settlement is refused.
  var refuses: Bool {
    get { state.withLock { $0.refuses } }
    set { state.withLock { $0.refuses = newValue } }
  }

  var lease: LeaseLoss {
    get { state.withLock { $0.lease } }
    set { state.withLock { $0.lease = newValue } }
  }

  fileprivate func noteRequest() { state.withLock { $0.requests += 1 } }

  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    StubbornConsumer(broker: self, consumer: try await broker.consumer(options))
  }

  func send(_ messages: [Message]) async throws(BrokerError) { try await broker.send(messages) }

  func length(of queue: QueueName) async throws(BrokerError) -> Int {
    try await broker.length(of: queue)
  }

  func purge(_ queue: QueueName) async throws(BrokerError) -> Int {
    try await broker.purge(queue)
  }

  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    try await broker.fire(entry, due: due, message: message)
  }

  func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState {
    try await broker.beatState(of: entry, startingAt: now)
  }

  func close() async {}
}

private struct StubbornConsumer: Consumer {
  let broker: StubbornBroker
  let consumer: any Consumer

  func take(into room: Room) async throws -> [Delivery] {
    while broker.isStale { try await Task.sleep(for: .milliseconds(5)) }
    return try await consumer.take(into: room)
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    broker.noteRequest()
    switch broker.lease {
    case .none: break
    case .underway:
      broker.lease = .over
      throw BrokerError(.unreachable, detail: "no answer")
    case .over: return Unsettled(lost: Set(settlements.map(\.loan)))
    }
    guard broker.refuses else { return try await consumer.settle(settlements) }
    return Unsettled(
      refused: Dictionary(settlements.map { ($0.loan, "not this one") }) { first, _ in first })
  }

  func isCurrent(_ loan: Loan) -> Bool { !broker.isStale }

  func hasLost(_ loan: Loan) -> Bool { broker.lease == .over }

  func close() async { await consumer.close() }
}
