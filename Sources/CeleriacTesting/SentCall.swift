public import CeleriacCore
public import CeleriacSchedule

/// A call as it was sent: read back from its message, as a worker reads it.
public struct SentCall: Sendable, CustomStringConvertible {
  /// The queue that it was sent to.
  public let queue: QueueName

  /// All that the message says.
  public let call: TaskCall

  // Of the task, where it is known.
  private let parameters: [String]?

  init(_ call: TaskCall, in queue: QueueName, parameters: [String]?) {
    self.call = call
    self.queue = queue
    self.parameters = parameters
  }

  /// The name of the task.
  public var task: String { call.task }

  /// The call's id.
  public var id: TaskID { call.id }

  /// When it may start; nil for at once.
  public var eta: Timestamp? { call.eta }

  /// When it may start no more; nil for never.
  public var expires: Timestamp? { call.expires }

  /// How urgent it is: 0 comes first, 9 last.
  public var priority: TaskPriority { TaskPriority(call.priority) }

  /// A header of the application's own; nil when the call has none of that name.
  public func header(_ name: String) -> String? { call.envelope.header(name) }

  /// The argument for a parameter, by the name under which it travels.
  ///
  ///     try call.argument("to", as: String.self)
  ///
  /// It makes no difference whether it was sent by name or by position. That name is the label, or
  /// the parameter's own name where it has none.
  ///
  /// - Throws: ``ArgumentError`` when the task has no such parameter, the call leaves it out, or it is
  ///   of another type.
  public func argument<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws -> Value {
    try call.arguments.value(of: name, among: parameters, as: type)
  }

  /// The argument for the parameter at a position, from 0.
  ///
  /// - Throws: ``ArgumentError`` when the task has fewer parameters, the call leaves it out, or it is
  ///   of another type.
  public func argument<Value: Decodable>(
    _ position: Int, as type: Value.Type = Value.self
  ) throws -> Value {
    guard let parameters, parameters.indices.contains(position) else {
      return try call.arguments.value(at: position, as: type)
    }
    return try argument(parameters[position], as: type)
  }

  /// Task, id and queue in one line.
  public var description: String { "\(task) [\(id)] in \(queue)" }
}
