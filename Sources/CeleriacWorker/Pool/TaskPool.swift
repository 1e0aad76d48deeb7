import CeleriacCore
import Glibc
import Synchronization

/// The threads that tasks run on: users' code, and nothing of the worker's own.
///
/// Swift's shared pool is as wide as the machine has cores, so that as many tasks that block would
/// stop everything else. Here a ``PoolMachine`` adds threads when the active ones get nowhere.
final class TaskPool: TaskExecutor {
  private struct State {
    var machine: PoolMachine
    var jobs = Line<UnownedJob>()
  }

  private let state: Mutex<State>
  // How many jobs wait; a copy that running tasks look at without the lock.
  private let waiting = Atomic(0)
  private let parking = ThreadGate()
  private let ticking = ThreadGate()
  private let isClosed = Atomic(false)

  /// Prepares a pool for `concurrency` tasks, and starts what watches over it.
  ///
  /// - Throws: ``ThreadError`` when there is no thread to be had.
  init(concurrency: Int, cores: Int = TaskPool.cores) throws(ThreadError) {
    state = Mutex(State(machine: PoolMachine(limit: concurrency + cores, cores: cores)))
    try DetachedThread.start("celeriac-watch") { [self] in watch() }
  }

  /// Whether a task that runs keeps others waiting.
  var isCrowded: Bool { waiting.load(ordering: .relaxed) > 0 }

  /// How many threads there are, at work or parked.
  var threads: Int { state.withLock { $0.machine.active + $0.machine.parked } }

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let action = state.withLock { state in
      state.jobs.append(job)
      waiting.store(state.jobs.count, ordering: .relaxed)
      return state.machine.jobAdded()
    }
    perform(action)
  }

  /// Lets the threads end, each when it has nothing left to do.
  ///
  /// A task that goes on for all that is still served.
  func close() {
    isClosed.store(true, ordering: .relaxed)
    for _ in 0..<state.withLock({ $0.machine.close() }) { parking.open() }
    ticking.open()
  }

  private func perform(_ action: PoolMachine.Action) {
    switch action {
    case .none, .rest: return
    case .wake: parking.open()
    case .watch: ticking.open()
    case .start:
      do throws(ThreadError) {
        try DetachedThread.start("celeriac-task") { [self] in work() }
      } catch {
        // The watch tries again, as long as jobs wait.
        perform(state.withLock { $0.machine.startFailed() })
      }
    }
  }

  private func work() {
    let executor = asUnownedTaskExecutor()
    var stamp = 0
    while true {
      let (job, verdict) = state.withLock { state in
        let verdict = state.machine.threadIsFree(&stamp)
        let job = verdict == .take ? state.jobs.popFirst() : nil
        waiting.store(state.jobs.count, ordering: .relaxed)
        return (job, verdict)
      }
      switch verdict {
      case .take: job?.runSynchronously(on: executor)
      case .park: guard park() else { return }
      case .end: return
      }
    }
  }

  // False when the thread is to end.
  private func park() -> Bool {
    while !parking.wait(seconds: 10) {
      if state.withLock({ $0.machine.threadIsBored() }) == .end { return false }
    }
    return true
  }

  private func watch() {
    while true {
      ticking.wait()
      while true {
        if isClosed.load(ordering: .relaxed) { return }
        usleep(1000)
        let action = state.withLock { $0.machine.ticked() }
        if action == .rest { break }
        perform(action)
      }
    }
  }

  private static var cores: Int { sysconf(Int32(_SC_NPROCESSORS_ONLN)) }
}
