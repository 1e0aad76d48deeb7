import CeleriacCore
import Synchronization

/// Which deliveries run, which wait for their turn, and how many more may be taken.
///
/// A value behind one lock: each question and its consequence are one step.
final class Dispatcher: Sendable {
  private struct State {
    var running = 0
    var waiting: [Delivery] = []
    var isClosed = false
    var isWoken = false
    var room: CheckedContinuation<Void, Never>?
    var idle: [CheckedContinuation<Void, Never>] = []
  }

  private let concurrency: Int
  private let capacity: Int
  private let state = Mutex(State())

  init(concurrency: Int, prefetch: Int) {
    self.concurrency = concurrency
    capacity = concurrency + prefetch
  }

  /// How many tasks run.
  var running: Int { state.withLock { $0.running } }

  /// Waits until there is room and says how much; none after ``wake()``.
  ///
  /// With `startingOnly`, for messages alone that can start at once.
  func room(startingOnly: Bool = false) async -> Room {
    let limit = startingOnly ? concurrency : capacity
    while true {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          guard !state.isWoken, limit <= state.running + state.waiting.count else {
            return true
          }
          state.room = continuation
          return false
        }
        if isDue { continuation.resume() }
      }
      let (room, isWoken) = state.withLock { state in
        let taken = state.running + state.waiting.count
        let room = Room(total: max(limit - taken, 0), starting: max(concurrency - taken, 0))
        return (room, state.isWoken)
      }
      if isWoken { return Room(total: 0, starting: 0) }
      if room.total > 0 { return room }
    }
  }

  /// Ends the wait for room, now and from now on.
  func wake() {
    let room = state.withLock { state in
      state.isWoken = true
      defer { state.room = nil }
      return state.room
    }
    room?.resume()
  }

  /// Takes deliveries in and returns those that may start at once.
  ///
  /// Nothing is taken after ``close()``: the taking has ended before it.
  func accept(_ deliveries: [Delivery]) -> [Delivery] {
    state.withLock { state in
      state.waiting += deliveries
      guard !state.isClosed else { return [] }
      let free = min(concurrency - state.running, state.waiting.count)
      guard free > 0 else { return [] }
      let starting = Array(state.waiting[..<free])
      state.waiting.removeFirst(free)
      state.running += free
      return starting
    }
  }

  /// Notes that a task has ended and returns the delivery that takes its place, if one waits.
  func finish() -> Delivery? {
    let (next, woken) = state.withLock { state in
      var woken: [CheckedContinuation<Void, Never>] = []
      if let room = state.room {
        woken.append(room)
        state.room = nil
      }
      guard state.isClosed || state.waiting.isEmpty else {
        return (state.waiting.removeFirst() as Delivery?, woken)
      }
      state.running -= 1
      if state.running == 0 {
        woken += state.idle
        state.idle = []
      }
      return (nil, woken)
    }
    for continuation in woken { continuation.resume() }
    return next
  }

  /// Forgets deliveries that wait here and belong to others now.
  func drop(_ loans: [Loan]) {
    let loans = Set(loans)
    let room = state.withLock { state in
      state.waiting.removeAll { loans.contains($0.loan) }
      defer { state.room = nil }
      return state.room
    }
    room?.resume()
  }

  /// Starts nothing more and returns what has not started.
  func close() -> [Delivery] {
    wake()
    return state.withLock { state in
      state.isClosed = true
      defer { state.waiting = [] }
      return state.waiting
    }
  }

  /// Waits until no task runs.
  func idle() async {
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        guard state.running > 0 else { return true }
        state.idle.append(continuation)
        return false
      }
      if isIdle { continuation.resume() }
    }
  }
}
