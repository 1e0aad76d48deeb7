/// How many threads of a pool are at work: one as long as that suffices.
///
///     added ──► queue ──► taken by the active threads          parked threads wait to be active again
///
/// While jobs wait, a tick comes every millisecond. Below the number of cores, a job that has waited
/// from one tick to the next brings another thread: there is more work than the active ones do. From
/// there on only a queue that stands still does: every active thread blocks or computes, and what
/// waits would wait for it. So one thread serves short tasks without any contention, and a task that
/// blocks holds up others for two milliseconds at most.
struct PoolMachine {
  /// What is to be done about the threads.
  enum Action: Equatable {
    case none
    /// One of the parked threads goes on.
    case wake
    /// A further thread is started.
    case start
    /// Ticks are wanted from now on.
    case watch
    /// No more ticks are wanted.
    case rest
  }

  /// What a thread does that has no job.
  enum Verdict: Equatable {
    case take
    case park
    case end
  }

  /// How many ticks in a row have to show more threads than needed before one is parked.
  static let calmTicks = 20

  /// Threads that may exist at once.
  let limit: Int
  /// Threads that can compute at once.
  let cores: Int
  private(set) var active = 0
  private(set) var parked = 0
  private var queued = 0
  private var isWatched = false
  private var isClosed = false

  // Jobs added and taken, ever; and as it was at the last tick.
  private var added = 0
  private var taken = 0
  private var lastAdded = 0
  private var lastTaken = 0

  /// The number of the present tick, by which threads that move are told from those that do not.
  private var tick = 1
  private var moving = 0
  private var calm = 0
  private var isTooMany = false

  init(limit: Int, cores: Int) {
    self.limit = max(limit, 1)
    self.cores = max(cores, 1)
  }

  /// A job stands in the queue.
  mutating func jobAdded() -> Action {
    queued += 1
    added += 1
    // Nobody watches a closed pool, so each job that comes late has a thread of its own.
    if active == 0 || isClosed { return activate() }
    guard !isWatched, !isClosed else { return .none }
    isWatched = true
    (lastAdded, lastTaken, calm) = (taken, taken - 1, 0)
    return .watch
  }

  /// An active thread wants a job; `stamp` is the thread's own, and zero at first.
  mutating func threadIsFree(_ stamp: inout Int) -> Verdict {
    let mustPark = queued == 0 || (isTooMany && active > 1)
    guard mustPark else {
      queued -= 1
      taken += 1
      if stamp != tick {
        stamp = tick
        moving += 1
      }
      return .take
    }
    isTooMany = false
    active -= 1
    if isClosed { return .end }
    parked += 1
    return .park
  }

  /// A parked thread has waited for long: whether it ends.
  ///
  /// One thread stays. A thread that was woken in this moment is not counted as parked any more, and
  /// the one that asks goes on in its stead.
  mutating func threadIsBored() -> Verdict {
    guard parked > 0, isClosed || active + parked > 1 else { return .park }
    parked -= 1
    return .end
  }

  /// A thread could not be started; a tick tries again.
  mutating func startFailed() -> Action {
    active -= 1
    guard !isWatched else { return .none }
    isWatched = true
    return .watch
  }

  /// A millisecond has passed.
  mutating func ticked() -> Action {
    defer { nextTick() }
    guard queued > 0, !isClosed else {
      isWatched = false
      return .rest
    }
    let isLate = taken < lastAdded
    let standsStill = taken == lastTaken
    guard active < cores ? isLate || active == 0 : standsStill else {
      calm = moving > 1 && !isLate ? calm + 1 : 0
      if calm >= Self.calmTicks {
        calm = 0
        isTooMany = true
      }
      return .none
    }
    calm = 0
    isTooMany = false
    return activate()
  }

  /// Threads end when there is nothing left to do; returns how many have to be woken for it.
  mutating func close() -> Int {
    isClosed = true
    defer { active += parked; parked = 0 }
    return parked
  }

  private mutating func nextTick() {
    (lastAdded, lastTaken) = (added, taken)
    tick += 1
    moving = 0
  }

  private mutating func activate() -> Action {
    if parked > 0 {
      parked -= 1
      active += 1
      return .wake
    }
    guard active < limit else { return .none }
    active += 1
    return .start
  }
}
