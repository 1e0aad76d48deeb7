import Synchronization

/// Passes on how many tasks are in hand, ten times a second at most, and the last word always.
final class BusyReporter: Sendable {
  private struct State {
    var count = 0
    var isDue = false
  }

  private let state = Mutex(State())
  private let status: StatusPipe

  init(_ status: StatusPipe) {
    self.status = status
  }

  func report(_ count: Int) {
    let mustSchedule = state.withLock { state in
      state.count = count
      defer { state.isDue = true }
      return !state.isDue
    }
    guard mustSchedule else { return }
    Task {
      try? await Task.sleep(for: .milliseconds(100))
      let count = state.withLock { state in
        state.isDue = false
        return state.count
      }
      status.busy(count)
    }
  }
}
