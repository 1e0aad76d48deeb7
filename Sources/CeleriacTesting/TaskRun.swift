public import CeleriacCore
public import CeleriacSchedule
import CeleriacWorker

/// A call that ``TestQueue/runAll()`` took, and what came of it.
///
/// What the task returned, or has thrown, is in its result, as in production:
///
///     try await TaskResult<Int>(id: run.id, in: queue.taskQueue).value(within: .seconds(1))
public struct TaskRun: Sendable, Hashable, CustomStringConvertible {
  /// What came of a call; further cases may be added.
  public enum Outcome: Sendable, Hashable {
    /// The task returned.
    case succeeded
    /// The task has thrown for the last time: type and message of its error.
    case failed(String)
    /// The task has thrown, and runs again when the clock shows `due`.
    case retried(due: Timestamp, reason: String)
    /// The call had expired, and was not run.
    case revoked(String)
    /// The call went to the dead letters: its arguments do not fit, or the task rejected it.
    case buried(String)
    /// The task wanted nothing to be said about it.
    case ignored
  }

  /// The name of the task.
  public let task: String

  /// The call's id.
  public let id: TaskID

  /// Which try it was, from 1.
  public let attempt: Int

  /// What came of it.
  public let outcome: Outcome

  /// Task, id, attempt and outcome in one line.
  public var description: String { "\(task) [\(id)] attempt \(attempt): \(outcome)" }
}

extension TaskRun.Outcome: CustomStringConvertible {
  /// A few words, with the reason where there is one.
  public var description: String {
    switch self {
    case .succeeded: "succeeded"
    case .failed(let reason): "failed, \(reason)"
    case .retried(let due, let reason): "will be retried at \(due), \(reason)"
    case .revoked(let reason): "revoked, \(reason)"
    case .buried(let reason): "in the dead letters, \(reason)"
    case .ignored: "ended without result"
    }
  }

  // Nothing for what was not run and will be: it has yet to happen.
  init?(_ outcome: CeleriacWorker.Outcome) {
    switch outcome {
    case .success: self = .succeeded
    case .failure(let exception, _): self = .failed(exception.summary)
    case .retry(let exception, let due, _, _):
      self = .retried(due: due, reason: exception.summary)
    case .revoked(let exception): self = .revoked(exception.arguments.joined(separator: ", "))
    case .buried(_, let reason): self = .buried(reason)
    case .ignored: self = .ignored
    case .postponed, .handedBack: return nil
    }
  }
}
