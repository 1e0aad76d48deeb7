internal import CLinux
internal import Glibc
internal import Synchronization

/// Work for an I/O thread, handed over by other threads.
///
/// The descriptor is written only when the thread sleeps: a burst costs one system call, and work
/// for a busy thread none.
final class IOInbox: Sendable {
  typealias Work = @Sendable (IOLoop) -> Void

  private struct State {
    var work: [Work] = []
    var phase = Phase.awake
    var isStopping = false
  }

  private enum Phase {
    case awake
    case asleep
    case closed
  }

  let descriptor: Int32
  private let state = Mutex(State())

  init(descriptor: Int32) {
    self.descriptor = descriptor
  }

  deinit {
    Glibc.close(descriptor)
  }

  /// Hands work over; dropped when the thread has ended.
  func put(_ work: @escaping Work) {
    notify { $0.work.append(work) }
  }

  /// Asks the thread to end after the work that is there.
  func stop() {
    notify { $0.isStopping = true }
  }

  private func notify(_ change: (inout State) -> Void) {
    let mustWake = state.withLock { state in
      guard state.phase != .closed else { return false }
      change(&state)
      defer { state.phase = .awake }
      return state.phase == .asleep
    }
    if mustWake { eventfd_write(descriptor, 1) }
  }

  /// Takes everything out.
  func take() -> (work: [Work], isStopping: Bool) {
    state.withLock { state in
      let work = state.work
      state.work = []
      return (work, state.isStopping)
    }
  }

  /// Whether the thread may sleep; from now on whoever hands over work wakes it.
  func prepareToSleep() -> Bool {
    state.withLock { state in
      guard state.work.isEmpty, !state.isStopping else { return false }
      state.phase = .asleep
      return true
    }
  }

  /// The thread has woken.
  func wakeUp() {
    state.withLock { $0.phase = .awake }
  }

  /// Makes the descriptor unready again.
  func clearDescriptor() {
    var count: eventfd_t = 0
    eventfd_read(descriptor, &count)
  }

  /// The thread has ended: nothing is accepted any more.
  func close() {
    let dropped = state.withLock { state in
      state.phase = .closed
      defer { state.work = [] }
      return state.work
    }
    _ = dropped  // released outside of the lock: a closure may own the last reference to anything
  }
}
