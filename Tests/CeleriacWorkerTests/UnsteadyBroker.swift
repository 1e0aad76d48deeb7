import CeleriacCore
import CeleriacTesting
import Synchronization

/// The broker in memory behind a line that can be cut.
final class UnsteadyBroker: ForwardingBroker {
  private struct State {
    var isDown = false
    var isCutByTaking = false
    var refusals = 0
    var taken: [Loan] = []
    var onLost: @Sendable ([Loan]) -> Void = { _ in }
  }

  let memory: MemoryBroker
  private let state = Mutex(State())

  init(_ memory: MemoryBroker) { self.memory = memory }

  var refusals: Int { state.withLock { $0.refusals } }
  var taken: [Loan] { state.withLock { $0.taken } }

  var isDown: Bool {
    get { state.withLock { $0.isDown } }
    set { state.withLock { $0.isDown = newValue } }
  }

  /// Whether the line is cut as soon as something is taken.
  var isCutByTaking: Bool {
    get { state.withLock { $0.isCutByTaking } }
    set { state.withLock { $0.isCutByTaking = newValue } }
  }

  func loseAll() {
    let (onLost, loans) = state.withLock { ($0.onLost, $0.taken) }
    onLost(loans)
  }

  fileprivate func check() throws(BrokerError) {
    let isDown = state.withLock { state in
      if state.isDown { state.refusals += 1 }
      return state.isDown
    }
    if isDown { throw BrokerError(.unreachable, detail: "the line is cut") }
  }

  fileprivate func note(_ loans: [Loan]) {
    state.withLock { state in
      state.taken += loans
      if state.isCutByTaking { state.isDown = true }
    }
  }

  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    try check()
    state.withLock { $0.onLost = options.onLost }
    return UnsteadyConsumer(broker: self, consumer: try await memory.consumer(options))
  }
}

private struct UnsteadyConsumer: Consumer {
  let broker: UnsteadyBroker
  let consumer: any Consumer

  func take(into room: Room) async throws -> [Delivery] {
    try broker.check()
    let deliveries = try await consumer.take(into: room)
    broker.note(deliveries.map(\.loan))
    return deliveries
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    try broker.check()
    return try await consumer.settle(settlements)
  }

  func close() async { await consumer.close() }
}
