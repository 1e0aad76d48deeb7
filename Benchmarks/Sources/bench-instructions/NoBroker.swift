import CeleriacCore

/// A broker that forgets what it is sent, so that what is left is the client's own work; and that
/// has one consumer for a worker.
struct NoBroker: Broker {
  let name = "none"
  var consumer: (any Consumer)?

  func send(_ messages: [Message]) async throws(BrokerError) {}
  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    guard let consumer else { throw BrokerError(.closed, detail: "nothing is here to be taken") }
    return consumer
  }
  func length(of queue: QueueName) async throws(BrokerError) -> Int { 0 }
  func purge(_ queue: QueueName) async throws(BrokerError) -> Int { 0 }
  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool { false }
  func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState { BeatState(anchor: now, lastFired: nil) }
  func close() async {}
}

/// A store that keeps nothing.
struct NoResults: ResultStore {
  func store(_ write: ResultWrite) async throws(BrokerError) {}
  func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord? { nil }
  func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value {
    throw BrokerError(.closed, detail: "it keeps nothing")
  }
  func forget(_ id: TaskID) async throws(BrokerError) {}
}
