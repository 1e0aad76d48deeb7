import Synchronization

extension MemoryBroker {
  /// Enters calls as revoked and tells every worker.
  public func revoke(_ ids: [TaskID]) async throws(BrokerError) { revocations.enter(ids) }

  /// Tells of those that were revoked before, and of the others when they are.
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

  func enter(_ ids: [TaskID]) {
    let (new, followers) = state.withLock { state in
      (ids.filter { state.ids.insert($0).inserted }, state.followers)
    }
    guard !new.isEmpty else { return }
    for tell in followers { tell(new) }
  }

  func follow(_ onRevoked: @escaping @Sendable ([TaskID]) -> Void) {
    let before = state.withLock { state in
      state.followers.append(onRevoked)
      return Array(state.ids)
    }
    if !before.isEmpty { onRevoked(before) }
  }

  func knows(_ id: TaskID) -> Bool? { state.withLock { $0.ids.contains(id) } }

  func ask(_ id: TaskID) async throws(BrokerError) -> Bool { knows(id) ?? false }
}
