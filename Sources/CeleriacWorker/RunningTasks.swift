import CeleriacCore
import Synchronization

/// The tasks that run now, so that they can be cancelled from outside.
///
/// Called twice per task, so it neither suspends nor allocates much.
final class RunningTasks: Sendable {
  private struct Run {
    let slot: Slot
    let message: [UInt8]
    var reason: CancellationReason?
  }

  private let runs = Mutex<[Loan: Run]>([:])

  /// How many run.
  var count: Int { runs.withLock { $0.count } }

  /// Notes a run before it starts.
  func begin(_ loan: Loan, _ message: [UInt8] = [], in slot: Slot) {
    runs.withLock { $0[loan] = Run(slot: slot, message: message) }
  }

  /// Cancels a run; the first reason stands.
  func cancel(_ loan: Loan, because reason: CancellationReason) {
    let slot = runs.withLock { runs in
      if runs[loan]?.reason == nil { runs[loan]?.reason = reason }
      return runs[loan]?.slot
    }
    slot?.cancel()
  }

  /// Cancels the runs of calls that were revoked.
  ///
  /// Their messages are read for it: revoking is rare, and nothing is kept of an id that runs.
  func cancel(_ ids: [TaskID]) {
    let ids = Set(ids)
    for (loan, run) in runs.withLock({ $0 }) {
      if let call = try? TaskCall(message: run.message), ids.contains(call.id) {
        cancel(loan, because: .revoked)
      }
    }
  }

  /// Cancels all runs.
  func cancelAll(because reason: CancellationReason) {
    for loan in runs.withLock({ Array($0.keys) }) { cancel(loan, because: reason) }
  }

  /// Why a run was cancelled, if it was.
  func reason(for loan: Loan) -> CancellationReason? {
    runs.withLock { $0[loan]?.reason }
  }

  /// Forgets a run that has ended, and says why it was cancelled, if it was.
  @discardableResult
  func end(_ loan: Loan) -> CancellationReason? {
    runs.withLock { $0.removeValue(forKey: loan)?.reason }
  }
}
