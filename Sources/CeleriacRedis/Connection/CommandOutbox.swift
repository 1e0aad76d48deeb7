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
      switch state {
      case .empty:
        state = .filling([exchange])
        return .first
      case .filling(var exchanges):
        state = .empty  // so that the list has one owner and grows in place
        exchanges.append(exchange)
        state = .filling(exchanges)
        return .later
      case .closed:
        return .closed
      }
    }
    switch outcome {
    case .first:
      thread.perform { [self] loop in pipe.value(in: loop).submit(take(leaving: .empty)) }
    case .later: break
    case .closed:
      exchange.settle(.failure(RedisError(.closed, "redis", "the connection was closed")))
    }
  }

  /// Accepts nothing more, and ends the connection.
  func close() {
    thread.perform { [self] loop in
      pipe.value(in: loop).submit(take(leaving: .closed))
      pipe.value(in: loop).close()
    }
  }

  private func take(leaving next: State) -> [Exchange] {
    state.withLock { state in
      switch state {
      case .empty:
        state = next
        return []
      case .filling(let exchanges):
        state = next
        return exchanges
      case .closed:
        return []
      }
    }
  }
}
