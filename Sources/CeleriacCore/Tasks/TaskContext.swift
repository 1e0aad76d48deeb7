public import CeleriacSchedule
public import Logging

/// What a running task can know of its call, and say about it.
///
/// A first parameter of this type is filled in by the worker and is no argument of the call.
/// Elsewhere in the task it is ``current``.
public struct TaskContext: Sendable {
  /// The context of the task that runs here; nil outside of a worker.
  @TaskLocal public static var current: TaskContext?

  // One reference, because the context is passed on from call to call and a call is large.
  private final class Run: Sendable {
    let call: TaskCall
    let logger: Logger
    let deadline: Timestamp?
    let report: Report

    init(
      _ call: TaskCall, _ logger: Logger, _ deadline: Timestamp?, _ report: @escaping Report
    ) {
      self.call = call
      self.logger = logger
      self.deadline = deadline
      self.report = report
    }
  }

  /// Stores a state of a call, which is given to it: kept by the closure as well, it would be copied.
  package typealias Report = @Sendable (TaskCall, TaskState, [UInt8]) async throws -> Void

  private let run: Run

  package init(
    call: TaskCall, logger: Logger, deadline: Timestamp?, report: @escaping Report
  ) {
    run = Run(call, logger, deadline, report)
  }

  /// The call that is being run.
  public var call: TaskCall { run.call }

  /// Writes with the task's name, id and attempt in the metadata.
  public var logger: Logger { run.logger.naming(run.call) }

  /// When the run will be cancelled, if it has a time limit.
  public var deadline: Timestamp? { run.deadline }

  /// The call's id.
  public var id: TaskID { run.call.id }

  /// Which try this is, from 1.
  public var attempt: Int { run.call.attempt }

  /// Stores how far the task is, as the state `PROGRESS`, and publishes it to whoever waits.
  ///
  /// One round trip. Does nothing when the call's result is ignored.
  ///
  /// - Parameter progress: Anything `Codable`; Celery's custom is `{"current": 3, "total": 10}`.
  /// - Throws: ``BrokerError`` when the result store cannot be reached, or an encoding error.
  public func report(progress: some Encodable & Sendable) async throws {
    try await run.report(call, .progress, try WireCoding.encode(progress))
  }
}

extension Logger {
  /// The same logger with the name, the id and the attempt of a call in its metadata.
  ///
  /// Made where something is written, which most calls never do: it costs as much as reading a
  /// message.
  package func naming(_ call: TaskCall) -> Logger {
    var logger = self
    logger[metadataKey: "task"] = "\(call.task)"
    logger[metadataKey: "task_id"] = "\(call.id)"
    logger[metadataKey: "attempt"] = "\(call.attempt)"
    return logger
  }
}
