import Synchronization

/// A place in which one task after the other runs, and the Swift task that runs them.
///
/// A cancelled Swift task stays so. After a run that was cancelled the place is given up, and what is
/// next in line gets a new one.
final class Slot: Sendable {
  private struct State {
    var task: Task<Void, Never>?
    var isCancelled = false
  }

  private let state = Mutex(State())

  /// Names the Swift task, which may have begun.
  func attach(_ task: Task<Void, Never>) {
    let isCancelled = state.withLock { state in
      state.task = task
      return state.isCancelled
    }
    if isCancelled { task.cancel() }
  }

  /// Cancels what runs here.
  func cancel() {
    let task = state.withLock { state in
      state.isCancelled = true
      return state.task
    }
    task?.cancel()
  }
}
