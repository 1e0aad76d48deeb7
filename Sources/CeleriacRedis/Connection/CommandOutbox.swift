internal import Synchronization

/// What other threads hand over to a connection's pipe: one lock per hand-over, one piece of work
/// for the I/O thread per burst.
final class CommandOutbox: Sendable {
  private enum State {
    case empty
    /// The thread will look; more may be added until then.
    case filling([Exchange])
    case closed
  }

  private let state = Mutex(State.empty)
  private let pipe: Confined<CommandPipe>
  private let thread: IOThread

  init(on thread: IOThread, _ makePipe: @escaping @Sendable (IOLoop) -> CommandPipe) {
    self.thread = thread
    pipe = Confined(on: thread, makePipe)
  }

  /// Hands an exchange over.
  func put(_ exchange: Exchange) {
    enum Outcome { case first, later, closed }
    let outcome: Outcome = state.withLock { state in
      switch consume state {
      case .empty:
        state = .filling([exchange])
        return .first
      case .filling(var exchanges):
        exchanges.append(exchange)
        state = .filling(exchanges)
        return .later
      case .closed:
        state = .closed
        return .closed
      }
    }
    switch outcome {
    case .first: thread.perform { [self] loop in pipe.value(in: loop).submit(take()) }
    case .later: break
    case .closed:
      exchange.settle(.failure(RedisError(.closed, "redis", "the connection was closed")))
    }
  }

  /// Accepts nothing more, and ends the connection.
  func close() {
    let wasOpen = state.withLock { state in
      if case .closed = state { return false }
      return true
    }
    guard wasOpen else { return }
    thread.perform { [self] loop in
      let left = take()
      state.withLock { $0 = .closed }
      pipe.value(in: loop).submit(left)
      pipe.value(in: loop).close()
    }
  }

  private func take() -> [Exchange] {
    state.withLock { state in
      switch consume state {
      case .empty:
        state = .empty
        return []
      case .filling(let exchanges):
        state = .empty
        return exchanges
      case .closed:
        state = .closed
        return []
      }
    }
  }
}
