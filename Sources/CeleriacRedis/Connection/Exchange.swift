internal import Synchronization

/// A batch and who waits for its replies; settled exactly once, by whoever comes first: the replies,
/// the deadline, the loss of the connection, or cancellation.
final class Exchange: Sendable {
  typealias Outcome = Result<[RedisReply], RedisError>
  typealias Completion = @Sendable (Outcome) -> Void

  private enum State {
    /// Nobody waits yet.
    case fresh
    case waiting(Completion)
    /// Settled before anybody waited.
    case early(Outcome)
    case settled
  }

  let batch: RedisBatch
  /// From the hand-over to the last reply; nil for no limit.
  let timeout: Duration?
  private let state = Mutex(State.fresh)

  init(_ batch: RedisBatch, timeout: Duration?) {
    self.batch = batch
    self.timeout = timeout
  }

  /// Whether the outcome is known, so that replies need not be read.
  var isSettled: Bool {
    state.withLock { state in
      switch state {
      case .fresh, .waiting: false
      case .early, .settled: true
      }
    }
  }

  /// Names who waits; false when the outcome is there already and nothing is to be sent.
  func wait(_ completion: @escaping Completion) -> Bool {
    let outcome: Outcome? = state.withLock { state in
      switch state {
      case .fresh:
        state = .waiting(completion)
        return nil
      case .early(let outcome):
        state = .settled
        return outcome
      case .waiting, .settled:
        preconditionFailure("an exchange has one waiter")
      }
    }
    guard let outcome else { return true }
    completion(outcome)
    return false
  }

  /// Gives the outcome to the waiter, unless it has one.
  func settle(_ outcome: Outcome) {
    let completion: Completion? = state.withLock { state in
      switch state {
      case .fresh:
        state = .early(outcome)
        return nil
      case .waiting(let completion):
        state = .settled
        return completion
      case .early, .settled:
        return nil
      }
    }
    completion?(outcome)
  }
}
