import CeleriacCore
import CeleriacTesting
import Synchronization

/// The broker in memory, with a consumer that keeps to itself what a test tells it to.
final class StubbornBroker: ForwardingBroker {
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

  let memory: MemoryBroker
  private let state = Mutex(State())

  init(_ memory: MemoryBroker) { self.memory = memory }

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
    StubbornConsumer(broker: self, consumer: try await memory.consumer(options))
  }
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
