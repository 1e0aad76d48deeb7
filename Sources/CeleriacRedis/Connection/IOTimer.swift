internal import Synchronization

/// A timer on an I/O thread, held by somebody elsewhere.
///
/// It goes on when this value goes; `cancel` ends it.
package final class IOTimer: Sendable {
  private let isCancelled = Atomic(false)

  /// Ends the timer; a call of its closure that has begun is not awaited.
  package func cancel() {
    isCancelled.store(true, ordering: .relaxed)
  }

  fileprivate var isLive: Bool { !isCancelled.load(ordering: .relaxed) }
}

extension IOThread {
  /// Calls `fire` once on the I/O thread, after a delay; it must not block.
  @discardableResult
  package func schedule(
    after delay: Duration, _ fire: @escaping @Sendable (IOLoop) -> Void
  ) -> IOTimer {
    let timer = IOTimer()
    let due = ContinuousClock.now.advanced(by: delay)
    perform { loop in
      _ = loop.schedule(at: due) { loop in
        if timer.isLive { fire(loop) }
      }
    }
    return timer
  }

  /// Calls `fire` on the I/O thread again and again, first after one interval; it must not block.
  ///
  /// The rhythm is kept: a late call does not shift those after it, and calls that were missed
  /// (while the machine slept) are not made up for.
  package func `repeat`(
    every interval: Duration, _ fire: @escaping @Sendable (IOLoop) -> Void
  ) -> IOTimer {
    let timer = IOTimer()
    let first = ContinuousClock.now.advanced(by: interval)
    perform { loop in
      Self.repeat(timer, at: first, every: interval, in: loop, fire)
    }
    return timer
  }

  private static func `repeat`(
    _ timer: IOTimer, at due: ContinuousClock.Instant, every interval: Duration,
    in loop: IOLoop, _ fire: @escaping @Sendable (IOLoop) -> Void
  ) {
    _ = loop.schedule(at: due) { loop in
      guard timer.isLive else { return }
      fire(loop)
      let next = max(due.advanced(by: interval), loop.now)
      Self.repeat(timer, at: next, every: interval, in: loop, fire)
    }
  }
}
