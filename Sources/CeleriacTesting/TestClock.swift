public import CeleriacCore
public import CeleriacSchedule
import Synchronization

/// A clock that stands still until a test moves it.
///
///     let clock = TestClock()
///     let queue = TaskQueue.memory(clock: clock)
///     try await add.s(2, 2).after(.seconds(3600)).delay()   // is due in an hour
///     clock.advance(by: .seconds(3600))                     // is due
///
/// Who sleeps until a time that has come is resumed by the ``advance(by:)`` that reaches it, the
/// earliest first; who asks for such a time afterwards does not sleep at all. So it does not matter
/// whether a test moves the clock before or after the code under test goes to sleep.
public final class TestClock: WallClock {
  private typealias Continuation = CheckedContinuation<Void, any Error>

  private struct State {
    var now: Timestamp
    var sleepers: [Int: (deadline: Timestamp, continuation: Continuation)] = [:]
    // Those that were cancelled before they fell asleep.
    var cancelled: Set<Int> = []
    var count = 0
  }

  private let state: Mutex<State>

  /// Starts at a time of day; without one, when 2026 begins in UTC.
  public init(now: Timestamp = Timestamp(microsecondsSince1970: 1_767_225_600_000_000)) {
    state = Mutex(State(now: now))
  }

  /// The time that the test has set.
  public func now() -> Timestamp {
    state.withLock { $0.now }
  }

  /// Moves the time on and resumes whoever has slept until now.
  public func advance(by duration: Duration) {
    move { $0 + duration }
  }

  /// Moves the time on to an instant; one that has passed changes nothing.
  public func advance(to time: Timestamp) {
    move { max($0, time) }
  }

  private func move(_ change: (Timestamp) -> Timestamp) {
    let due = state.withLock { state in
      state.now = change(state.now)
      let due = state.sleepers.filter { $0.value.deadline <= state.now }
      for id in due.keys { state.sleepers[id] = nil }
      return due.sorted { ($0.value.deadline, $0.key) < ($1.value.deadline, $1.key) }
    }
    for (_, sleeper) in due { sleeper.continuation.resume() }
  }

  /// Waits until the test has moved the clock there.
  public func sleep(until deadline: Timestamp) async throws {
    let id = state.withLock { state in
      state.count += 1
      return state.count
    }
    defer { _ = state.withLock { $0.cancelled.remove(id) } }
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { fallAsleep(id, until: deadline, $0) }
    } onCancel: {
      wake(id)
    }
  }

  private func fallAsleep(_ id: Int, until deadline: Timestamp, _ continuation: Continuation) {
    let ending: Result<Void, any Error>? = state.withLock { state in
      if state.cancelled.contains(id) { return .failure(CancellationError()) }
      guard deadline > state.now else { return .success(()) }
      state.sleepers[id] = (deadline, continuation)
      return nil
    }
    if let ending { continuation.resume(with: ending) }
  }

  private func wake(_ id: Int) {
    let sleeper = state.withLock { state in
      state.cancelled.insert(id)
      return state.sleepers.removeValue(forKey: id)
    }
    sleeper?.continuation.resume(throwing: CancellationError())
  }
}
