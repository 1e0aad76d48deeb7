public import CeleriacSchedule
public import Logging

/// What a running task can know of its call, and say about it.
///
/// A first parameter of this type is filled in by the worker and is no argument of the call.
/// Elsewhere in the task it is ``current``.
public struct TaskContext: Sendable {
  /// The context of the task that runs here; nil outside of a worker.
  @TaskLocal public static var current: TaskContext?

  /// The call that is being run.
  public let call: TaskCall

  /// Writes with the task's name, id and attempt in the metadata.
  public let logger: Logger

  /// When the run will be cancelled, if it has a time limit.
  public let deadline: Timestamp?

  private let report: @Sendable (TaskState, [UInt8]) async throws -> Void

  package init(
    call: TaskCall, logger: Logger, deadline: Timestamp?,
    report: @escaping @Sendable (TaskState, [UInt8]) async throws -> Void
  ) {
    self.call = call
    self.logger = logger
    self.deadline = deadline
    self.report = report
  }

  /// The call's id.
  public var id: TaskID { call.id }

  /// Which try this is, from 1.
  public var attempt: Int { call.attempt }

  /// Stores how far the task is, as the state `PROGRESS`, and publishes it to whoever waits.
  ///
  /// One round trip. Does nothing when the call's result is ignored.
  ///
  /// - Parameter progress: Anything `Codable`; Celery's custom is `{"current": 3, "total": 10}`.
  /// - Throws: ``BrokerError`` when the result store cannot be reached, or an encoding error.
  public func report(progress: some Encodable & Sendable) async throws {
    try await report(.progress, try WireCoding.encode(progress))
  }
}
