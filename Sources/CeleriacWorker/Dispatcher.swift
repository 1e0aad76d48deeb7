import CeleriacCore
import Synchronization

/// Which deliveries run, which wait for their turn, and how many more may be taken.
///
/// A value behind one lock: each question and its consequence are one step.
final class Dispatcher: Sendable {
  private struct State {
    let concurrency: Int
    var running = 0
    var waiting = Line<Delivery>()
    var window: PrefetchWindow
    var isWatched = false
    var isClosed = false
    var isWoken = false
    // What the taker waits for stands beside it: each task that ends looks at it, and at no more.
    var wanted = Wanted.nothing
    var taker: CheckedContinuation<Void, Never>?
    var idle: [CheckedContinuation<Void, Never>] = []

    func room(_ startingOnly: Bool) -> Room {
      let taken = running + waiting.count
      let limit = startingOnly ? concurrency : concurrency + window.size
      return Room(total: max(limit - taken, 0), starting: max(concurrency - taken, 0))
    }

    // What is held ready is filled up when half of it is gone: one round trip for many messages, and
    // no slot waits for it.
    func isRoomDue(_ startingOnly: Bool) -> Bool {
      room(startingOnly).total >= (startingOnly ? 1 : max(window.size / 2, 1))
    }

    var isTakerDue: Bool {
      switch wanted {
      case .nothing: false
      case .room(let startingOnly): isRoomDue(startingOnly)
      }
    }

    mutating func dismissTaker() -> CheckedContinuation<Void, Never>? {
      wanted = .nothing
      return taker.take()
    }
  }

  private enum Wanted {
    case nothing
    case room(startingOnly: Bool)
  }

  private let state: Mutex<State>

  init(concurrency: Int, prefetch: PrefetchWindow) {
    state = Mutex(State(concurrency: concurrency, window: prefetch))
  }

  /// How many tasks run.
  var running: Int { state.withLock { $0.running } }

  /// Waits until there is room and says how much; none after ``wake()``.
  ///
  /// With `startingOnly`, for messages alone that can start at once.
  func room(startingOnly: Bool = false) async -> Room {
    while true {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          state.window.measure(at: .now)
          guard !state.isWoken, !state.isRoomDue(startingOnly) else { return true }
          state.wanted = .room(startingOnly: startingOnly)
          state.taker = continuation
          return false
        }
        if isDue { continuation.resume() }
      }
      let (room, isWoken) = state.withLock { state in
        state.window.measure(at: .now)
        return (state.room(startingOnly), state.isWoken)
      }
      if isWoken { return Room(total: 0, starting: 0) }
      if room.total > 0 { return room }
    }
  }

  /// Ends the wait for room, now and from now on.
  func wake() {
    let taker = state.withLock { state in
      state.isWoken = true
      return state.dismissTaker()
    }
    taker?.resume()
  }

  /// Takes deliveries in and returns those that may start at once.
  ///
  /// Nothing is taken after ``close()``: the taking has ended before it.
  func accept(_ deliveries: [Delivery]) -> [Delivery] {
    state.withLock { state in
      state.waiting.append(contentsOf: deliveries)
      guard !state.isClosed else { return [] }
      var starting: [Delivery] = []
      while state.running < state.concurrency, let delivery = state.waiting.popFirst() {
        starting.append(delivery)
        state.running += 1
      }
      return starting
    }
  }

  /// Notes that a task has ended and returns the delivery that takes its place, if one waits.
  func finish() -> Delivery? {
    let (next, isTakerDue, isIdle) = state.withLock { state in
      state.window.finish()
      let next = state.isClosed ? nil : state.waiting.popFirst()
      if next == nil { state.running -= 1 }
      return (next, state.isTakerDue, state.running == 0)
    }
    if isTakerDue { wakeTaker() }
    if isIdle { wakeIdle() }
    return next
  }

  // Whether they are due is looked at once more: another may have been quicker.
  private func wakeTaker() {
    state.withLock { $0.isTakerDue ? $0.dismissTaker() : nil }?.resume()
  }

  private func wakeIdle() {
    let idle = state.withLock { state in
      guard state.running == 0 else { return [CheckedContinuation<Void, Never>]() }
      defer { state.idle = [] }
      return state.idle
    }
    for continuation in idle { continuation.resume() }
  }

  /// Forgets deliveries that wait here and belong to others now.
  func drop(_ loans: [Loan]) {
    let loans = Set(loans)
    let taker = state.withLock { state in
      state.waiting.removeAll { loans.contains($0.loan) }
      return state.dismissTaker()
    }
    taker?.resume()
  }

  /// Takes out those that wait here and meet a condition, in their order.
  func takeOut(_ isMeant: (Delivery) -> Bool) -> [Delivery] {
    state.withLock { state in
      let all = state.waiting.popAll()
      state.waiting.append(contentsOf: all.filter { !isMeant($0) })
      return all.filter(isMeant)
    }
  }

  /// Starts nothing more and returns what has not started.
  func close() -> [Delivery] {
    wake()
    return state.withLock { state in
      state.isClosed = true
      return state.waiting.popAll()
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

extension Dispatcher {
  /// Whether somebody has to look for a surplus from now on: more waits than in any case may, and
  /// nobody looks yet.
  func beginWatch(at now: ContinuousClock.Instant) -> Bool {
    state.withLock { state in
      guard !state.isWatched, state.waiting.count > state.window.least else { return false }
      state.isWatched = true
      state.window.watch(at: now)
      return true
    }
  }

  /// Takes out what had better go to other workers; nil when the watch has ended, for no more waits
  /// than may in any case.
  func surplus(at now: ContinuousClock.Instant) -> [Delivery]? {
    state.withLock { state in
      guard state.waiting.count > state.window.least else {
        state.isWatched = false
        return nil
      }
      return state.waiting.popLast(state.window.surplus(of: state.waiting.count, at: now))
    }
  }
}
