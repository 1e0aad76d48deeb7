/// What one worker knows of the calls that were revoked.
///
/// The fact is the broker's and outlives every process; this is its picture in a worker, kept up to
/// date by news, so that looking at it costs nothing.
public protocol Revocations: Sendable {
  /// Whether a call was revoked, known without asking; nil while news may have been missed.
  func knows(_ id: TaskID) -> Bool?

  /// Asks the broker whether a call was revoked.
  ///
  /// One round trip.
  func ask(_ id: TaskID) async throws(BrokerError) -> Bool
}

/// The picture of a broker that has no revocations.
struct NoRevocations: Revocations {
  func knows(_ id: TaskID) -> Bool? { false }
  func ask(_ id: TaskID) async throws(BrokerError) -> Bool { false }
}

extension Broker {
  /// Refuses: this broker keeps no revocations.
  public func revoke(_ ids: [TaskID]) async throws(BrokerError) {
    throw BrokerError(.refused, detail: "\(name): calls can't be revoked there")
  }

  /// Nothing is ever revoked.
  public func revocations(
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) -> any Revocations {
    NoRevocations()
  }
}

extension ResultStore {
  /// Reads, and stores unless there is an end or a start; in two steps.
  public func storeRevocation(_ write: ResultWrite) async throws(BrokerError) {
    let state = try await read(write.id)?.state ?? .pending
    if !state.isFinal, state != .started, state != .progress { try await store(write) }
  }
}
