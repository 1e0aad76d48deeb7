/// A failure as the wire knows it: a class, what it says, and where it is from.
///
/// Python's client rebuilds an exception of that class from it, so failures that Celery has a class
/// for are written under that name.
package struct TaskException: Sendable {
  package var type: String
  package var module: String
  package var arguments: [String]

  package init(type: String, module: String, arguments: [String]) {
    self.type = type
    self.module = module
    self.arguments = arguments
  }

  /// Describes what a task has thrown.
  package init(_ error: any Error) {
    switch error {
    case let failure as TaskFailure:
      // Thrown on by a task that has waited for another.
      self.init(
        type: failure.type, module: failure.module ?? "builtins", arguments: [failure.message])
    case let error as ArgumentError:
      self.init(type: "TypeError", module: "builtins", arguments: [error.description])
    case let error as MessageError where error.code == .unknownTask:
      self.init(
        type: "NotRegistered", module: "celery.exceptions", arguments: [error.task ?? ""])
    case let error as MessageError:
      self.init(type: "DecodeError", module: "kombu.exceptions", arguments: [error.description])
    default:
      // A private type stands in a context without name: `App.(unknown context at $…).Boom`.
      let path = String(reflecting: Swift.type(of: error)).split(separator: ".")
        .filter { !$0.hasPrefix("(") }
      self.init(
        type: path.dropFirst().joined(separator: "."), module: String(path.first ?? "Swift"),
        arguments: [String(describing: error)])
    }
  }

  /// A call that was not started in time.
  package static let expired = TaskException(
    type: "TaskRevokedError", module: "celery.exceptions", arguments: ["expired"])

  /// A run that was cancelled at its time limit.
  package static let softTimeLimitExceeded = TaskException(
    type: "SoftTimeLimitExceeded", module: "billiard.exceptions", arguments: [])

  /// A call that has been running in too many workers when they crashed.
  package static func workerLost(crashes: Int) -> TaskException {
    TaskException(
      type: "WorkerLostError", module: "billiard.exceptions",
      arguments: ["crashed its worker \(crashes) times"])
  }

  /// A task that has asked for a further run and may not have it.
  package static func maxRetriesExceeded(_ detail: String) -> TaskException {
    TaskException(
      type: "MaxRetriesExceededError", module: "celery.exceptions", arguments: [detail])
  }

  /// The value of a result record.
  package var json: [UInt8] {
    ResultWriter.exception(type: type, arguments: arguments, module: module)
  }

  /// Type and message in one line.
  package var summary: String {
    arguments.isEmpty ? type : "\(type): \(arguments.joined(separator: ", "))"
  }

  /// A traceback in Python's form, with the one place that is known: the task's.
  package func traceback(task: String, at source: SourceLocation) -> String {
    """
    Traceback (most recent call last):
      File "\(source.file)", line \(source.line), in \(task)
    \(module).\(summary)

    """
  }
}

extension ResultWrite {
  /// The failure of a call of which only the id could be read.
  package static func failure(
    _ id: TaskID, _ exception: TaskException, at time: Timestamp, expiry: Duration
  ) -> ResultWrite {
    let record = ResultWriter.record(
      .failure, of: (id, nil, nil), value: exception.json, doneAt: time)
    return ResultWrite(id: id, state: .failure, bytes: record, expiry: expiry)
  }
}
