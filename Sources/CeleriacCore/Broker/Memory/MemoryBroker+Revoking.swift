import Synchronization

extension MemoryBroker {
  /// Enters calls as revoked and tells every worker.
  public func revoke(_ ids: [TaskID]) async throws(BrokerError) {
    for tell in revocations.enter(ids) { tell(ids) }
  }

  /// Tells of revocations from now on.
  public func revocations(
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) -> any Revocations {
    revocations.follow(onRevoked)
    return revocations
  }
}

/// The revocations of a memory broker, which are the fact and its picture at once.
final class MemoryRevocations: Revocations {
  private struct State {
    var ids: Set<TaskID> = []
    var followers: [@Sendable ([TaskID]) -> Void] = []
  }

  private let state = Mutex(State())

  func enter(_ ids: [TaskID]) -> [@Sendable ([TaskID]) -> Void] {
    state.withLock { state in
      state.ids.formUnion(ids)
      return state.followers
    }
  }

  func follow(_ onRevoked: @escaping @Sendable ([TaskID]) -> Void) {
    state.withLock { $0.followers.append(onRevoked) }
  }

  func knows(_ id: TaskID) -> Bool? { state.withLock { $0.ids.contains(id) } }

  func ask(_ id: TaskID) async throws(BrokerError) -> Bool { knows(id) ?? false }
}
