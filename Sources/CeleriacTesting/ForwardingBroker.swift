package import CeleriacCore

/// A broker in memory that differs in what a test is about; the rest goes on to the memory.
package protocol ForwardingBroker: Broker {
  var memory: MemoryBroker { get }
}

extension ForwardingBroker {
  package var name: String { memory.name }

  package func send(_ messages: [Message]) async throws(BrokerError) {
    try await memory.send(messages)
  }

  package func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    try await memory.consumer(options)
  }

  package func length(of queue: QueueName) async throws(BrokerError) -> Int {
    try await memory.length(of: queue)
  }

  package func purge(_ queue: QueueName) async throws(BrokerError) -> Int {
    try await memory.purge(queue)
  }

  package func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    try await memory.fire(entry, due: due, message: message)
  }

  package func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState {
    try await memory.beatState(of: entry, startingAt: now)
  }

  package func revoke(_ ids: [TaskID]) async throws(BrokerError) {
    try await memory.revoke(ids)
  }

  package func revocations(
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) -> any Revocations {
    memory.revocations(onRevoked)
  }

  package func close() async { await memory.close() }
}
