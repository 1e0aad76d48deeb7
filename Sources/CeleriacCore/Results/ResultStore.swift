/// Where results wait for those who ask.
public protocol ResultStore: Sendable {
  /// Stores and publishes the state of a call.
  ///
  /// One round trip. A success is never overwritten.
  func store(_ write: ResultWrite) async throws(BrokerError)

  /// Stores and publishes that a call was revoked, unless it has started or ended.
  func storeRevocation(_ write: ResultWrite) async throws(BrokerError)

  /// What is stored of a call; nil for a call that nothing is known of.
  ///
  /// One round trip.
  func read(_ id: TaskID) async throws(BrokerError) -> ResultRecord?

  /// Calls `body` with every state that is stored for a call from now on, and first with the one
  /// there is, until it returns a value.
  ///
  /// - Throws: `CancellationError` when the task is cancelled, ``BrokerError``, or what `body`
  ///   throws.
  func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value

  /// The same, for as long as `limit` at most; nil when that is over.
  func follow<Value: Sendable>(
    _ id: TaskID, within limit: Duration,
    _ body: @escaping @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value?

  /// Drops what is stored of a call.
  func forget(_ id: TaskID) async throws(BrokerError)
}

extension ResultStore {
  /// Follows in one task and waits in another, whichever ends first; a store with a clock of its own
  /// gets by with less.
  public func follow<Value: Sendable>(
    _ id: TaskID, within limit: Duration,
    _ body: @escaping @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value? {
    try await withThrowingTaskGroup(of: Value?.self) { group in
      group.addTask {
        try await follow(id, body)
      }
      group.addTask {
        try await Task.sleep(for: limit)
        return nil
      }
      defer { group.cancelAll() }
      return try await group.next() ?? nil
    }
  }
}

/// A state to be stored.
public struct ResultWrite: Sendable {
  /// The call.
  public let id: TaskID

  /// The state, which is also in the record.
  public let state: TaskState

  /// The record's JSON text.
  public let bytes: [UInt8]

  /// How long the record is kept.
  public let expiry: Duration

  /// Prepares a record for a store.
  public init(id: TaskID, state: TaskState, bytes: [UInt8], expiry: Duration) {
    self.id = id
    self.state = state
    self.bytes = bytes
    self.expiry = expiry
  }
}
