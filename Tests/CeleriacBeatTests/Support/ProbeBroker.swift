import CeleriacCore
import CeleriacSchedule
import Synchronization

/// A memory broker that notes what it fires, and fails when it is told to.
final class ProbeBroker: Broker {
  enum Fault {
    /// Fails before anything is done.
    case unreachable
    /// Does it, and fails before the answer.
    case answerLost
    /// Says no.
    case refused
  }

  let memory: MemoryBroker
  private let log = Mutex<[(entry: String, due: Timestamp)]>([])
  private let fault: Mutex<@Sendable (String) -> Fault?>

  init(
    _ memory: MemoryBroker, fault: @escaping @Sendable (String) -> Fault? = { _ in nil }
  ) {
    self.memory = memory
    self.fault = Mutex(fault)
  }

  /// The instants that were fired, in order.
  var fired: [Timestamp] { log.withLock { $0.map(\.due) } }

  /// Decides anew, by the name of the entry, what fails.
  func fail(_ rule: @escaping @Sendable (String) -> Fault?) {
    fault.withLock { $0 = rule }
  }

  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    let memory = memory
    return try await run(entry) { () async throws(BrokerError) in
      let isFirst = try await memory.fire(entry, due: due, message: message)
      if isFirst { self.log.withLock { $0.append((entry.name, due)) } }
      return isFirst
    }
  }

  func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState {
    let memory = memory
    return try await run(entry) { () async throws(BrokerError) in
      try await memory.beatState(of: entry, startingAt: now)
    }
  }

  private func run<Value>(
    _ entry: BeatEntryID, _ body: () async throws(BrokerError) -> Value
  ) async throws(BrokerError) -> Value {
    let rule = fault.withLock { $0 }
    switch rule(entry.name) {
    case .unreachable: throw .probe(.unreachable)
    case .refused: throw .probe(.refused)
    case .answerLost:
      _ = try await body()
      throw .probe(.unreachable)
    case nil: return try await body()
    }
  }

  var name: String { memory.name }
  func send(_ messages: [Message]) async throws(BrokerError) { try await memory.send(messages) }
  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    try await memory.consumer(options)
  }
  func length(of queue: QueueName) async throws(BrokerError) -> Int {
    try await memory.length(of: queue)
  }
  func purge(_ queue: QueueName) async throws(BrokerError) -> Int { try await memory.purge(queue) }
  func close() async {}
}

extension BrokerError {
  fileprivate static func probe(_ code: Code) -> BrokerError {
    BrokerError(code, detail: "as the test wants it")
  }
}
