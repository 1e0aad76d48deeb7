/// A task that can be named, sent and run: what `@Task` writes, and what ``TaskDefinition`` is.
public protocol TaskHandle<Output>: Sendable {
  /// What the task returns; ``Nothing`` for a function without result.
  associatedtype Output: Codable & Sendable

  /// The name on the wire.
  var name: String { get }

  /// How the task is sent and run.
  var options: TaskOptions { get }

  /// The parameters, in order.
  var parameters: [TaskParameter] { get }

  /// When the task runs by itself; nil for one that is only called.
  var periodic: PeriodicOptions? { get }

  /// Where the task is written.
  var source: SourceLocation { get }

  /// Reads the arguments and runs the task.
  func run(_ context: TaskContext, _ arguments: Arguments) async throws -> Output

  /// Reads the arguments without running anything, to check a call before it is sent.
  func check(_ arguments: Arguments) throws(ArgumentError)
}

extension TaskHandle {
  /// Not periodic.
  public var periodic: PeriodicOptions? { nil }

  /// Makes the call with arguments that are already encoded.
  public func signature(_ arguments: CallArguments) -> Signature<Output> {
    Signature(task: name, arguments: arguments, options: options)
  }
}

/// A parameter of a task, for listings and checks.
public struct TaskParameter: Sendable, Hashable {
  /// The name under which a keyword argument is found.
  public let name: String

  /// The type as written in the source.
  public let type: String

  /// Whether a call may leave it out.
  public let hasDefault: Bool

  /// Describes a parameter.
  public init(_ name: String, type: String, hasDefault: Bool = false) {
    self.name = name
    self.type = type
    self.hasDefault = hasDefault
  }
}

/// Where something is written.
public struct SourceLocation: Sendable, Hashable, CustomStringConvertible {
  /// The file, as `#fileID` gives it.
  public let file: String

  /// The line, from 1.
  public let line: Int

  /// Names a place; without arguments, the caller's.
  public init(file: String = #fileID, line: Int = #line) {
    self.file = file
    self.line = line
  }

  /// `Module/File.swift:12`.
  public var description: String { "\(file):\(line)" }
}

/// When a task runs by itself, and what happens when beat was not there in time.
public struct PeriodicOptions: Sendable, Hashable {
  /// When it is due.
  public let schedule: Schedule

  /// What becomes of runs that were missed.
  public let missed: MissedPolicy

  /// Combines a schedule with its policy.
  public init(_ schedule: Schedule, missed: MissedPolicy = .once) {
    self.schedule = schedule
    self.missed = missed
  }
}

/// The result of a task that returns nothing: `null` on the wire.
public struct Nothing: Codable, Sendable, Hashable {
  /// The only value.
  public init() {}

  /// Reads anything: a peer's task may well return something that nobody asked for.
  public init(from decoder: any Decoder) throws {}

  /// Writes `null`.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encodeNil()
  }
}
