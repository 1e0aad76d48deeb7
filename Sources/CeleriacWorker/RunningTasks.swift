import CeleriacCore
import Synchronization

/// The tasks that run now, so that they can be cancelled from outside.
///
/// Called twice per task, so it neither suspends nor allocates much.
final class RunningTasks: Sendable {
  private struct Run {
    var task: Task<Void, Never>?
    var reason: CancellationReason?
  }

  private let runs = Mutex<[Loan: Run]>([:])

  /// How many run.
  var count: Int { runs.withLock { $0.count } }

  /// Notes a run before it starts.
  func begin(_ loan: Loan) {
    runs.withLock { $0[loan] = Run() }
  }

  /// Gives a run the handle by which it can be cancelled.
  func attach(_ task: Task<Void, Never>, to loan: Loan) {
    let isDoomed = runs.withLock { runs in
      runs[loan]?.task = task
      return runs[loan]?.reason != nil
    }
    if isDoomed { task.cancel() }
  }

  /// Cancels a run; the first reason stands.
  func cancel(_ loan: Loan, because reason: CancellationReason) {
    let task = runs.withLock { runs in
      if runs[loan]?.reason == nil { runs[loan]?.reason = reason }
      return runs[loan]?.task
    }
    task?.cancel()
  }

  /// Cancels all runs.
  func cancelAll(because reason: CancellationReason) {
    for loan in runs.withLock({ Array($0.keys) }) { cancel(loan, because: reason) }
  }

  /// Why a run was cancelled, if it was.
  func reason(for loan: Loan) -> CancellationReason? {
    runs.withLock { $0[loan]?.reason }
  }

  /// Forgets a run that has ended.
  func end(_ loan: Loan) {
    _ = runs.withLock { $0.removeValue(forKey: loan) }
  }
}
