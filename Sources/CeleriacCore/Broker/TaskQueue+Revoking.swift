extension TaskQueue {
  /// Revokes calls: those that wait will not run, those that run are cancelled.
  ///
  /// Each round trip of a few: what is stored is read, the revocation is entered as a fact of the
  /// broker's, and the result of a call that has not started turns to ``TaskState/revoked`` at once.
  /// A call that runs ends as soon as it heeds its cancellation. Only Celeriac's workers heed a
  /// revocation: one of Celery's that takes the call runs it.
  ///
  /// - Returns: The calls that were revoked; those left out had ended already.
  @discardableResult
  public func revoke(_ ids: [TaskID]) async throws -> [TaskID] {
    var revoked: [TaskID] = []
    for id in ids where try await !hasEnded(id) { revoked.append(id) }
    guard !revoked.isEmpty else { return [] }
    // First the fact: whoever reads that a call is revoked may rely on it.
    try await broker.revoke(revoked)
    for id in revoked {
      let record = ResultWriter.record(
        .revoked, of: (id, nil, nil), value: TaskException.revoked.json, doneAt: clock.now())
      try await results.storeRevocation(
        ResultWrite(id: id, state: .revoked, bytes: record, expiry: resultExpiry))
    }
    return revoked
  }

  // One that was revoked may still wait somewhere. Of one whose result can't be read nobody knows.
  private func hasEnded(_ id: TaskID) async throws(BrokerError) -> Bool {
    do {
      guard let state = try await results.read(id)?.state else { return false }
      return state.isFinal && state != .revoked
    } catch {
      guard error.code == .refused else { throw error }
      return false
    }
  }

  /// Revokes calls: those that wait will not run, those that run are cancelled.
  @discardableResult
  public func revoke(_ ids: TaskID...) async throws -> [TaskID] {
    try await revoke(ids)
  }
}

extension TaskException {
  /// A call that was revoked before it has started.
  package static let revoked = TaskException(
    type: "TaskRevokedError", module: "celery.exceptions", arguments: ["revoked"])

  /// A call that was revoked while it ran.
  package static let terminated = TaskException(
    type: "TaskRevokedError", module: "celery.exceptions", arguments: ["terminated"])
}
