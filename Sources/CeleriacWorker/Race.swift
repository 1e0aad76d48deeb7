import Synchronization

/// A question that is answered once, by whoever is first.
final class Race: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Bool, Never>)
    case answered(Bool)
  }

  private let state = Mutex(State.open)

  /// Answers; later answers count for nothing.
  func finish(_ answer: Bool) {
    let waiting: CheckedContinuation<Bool, Never>? = state.withLock { state in
      switch state {
      case .open:
        state = .answered(answer)
        return nil
      case .awaited(let continuation):
        state = .answered(answer)
        return continuation
      case .answered: return nil
      }
    }
    waiting?.resume(returning: answer)
  }

  /// Waits for the answer; for one waiter.
  func value() async -> Bool {
    await withCheckedContinuation { continuation in
      let answer: Bool? = state.withLock { state in
        if case .answered(let answer) = state { return answer }
        state = .awaited(continuation)
        return nil
      }
      if let answer { continuation.resume(returning: answer) }
    }
  }
}
