import Synchronization

/// A continuation that is resumed once: by a change, or by cancellation, whichever is first.
final class MemoryWaiter: Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Void, Never>)
    case resumed
  }

  private let state = Mutex(State.idle)

  /// Takes the continuation; false when it was resumed before it came.
  func wait(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
    state.withLock { state in
      guard case .idle = state else { return false }
      state = .waiting(continuation)
      return true
    }
  }

  func resume() {
    let waiting: CheckedContinuation<Void, Never>? = state.withLock { state in
      defer { state = .resumed }
      if case .waiting(let continuation) = state { return continuation }
      return nil
    }
    waiting?.resume()
  }
}
