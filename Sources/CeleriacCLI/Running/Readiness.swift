import Synchronization

/// Calls a closure once, when each of several parts has said that it is ready.
final class Readiness: Sendable {
  private let missing: Mutex<Int>
  private let whenReady: @Sendable () -> Void

  init(of parts: Int, _ whenReady: @escaping @Sendable () -> Void) {
    missing = Mutex(parts)
    self.whenReady = whenReady
  }

  /// One more part is ready.
  @Sendable func isReady() {
    let isLast = missing.withLock { missing in
      missing -= 1
      return missing == 0
    }
    if isLast { whenReady() }
  }
}
