/// The tasks that a program can run, by name.
public struct TaskRegistry: Sendable {
  private let tasks: [String: RegisteredTask]

  /// Collects tasks.
  ///
  /// - Throws: ``DuplicateTaskError`` when two have one name: which of them a message means would
  ///   be left to chance.
  public init(_ tasks: [RegisteredTask]) throws(DuplicateTaskError) {
    var byName: [String: RegisteredTask] = [:]
    for task in tasks {
      if let other = byName[task.name] {
        throw DuplicateTaskError(
          name: task.name, first: other.handle.source, second: task.handle.source)
      }
      byName[task.name] = task
    }
    self.tasks = byName
  }

  /// The tasks that `@Task` has left in this program, and those of a list.
  ///
  /// - Throws: ``DuplicateTaskError`` when two have one name.
  public static func discover(
    adding listed: [any TaskHandle] = []
  ) throws(DuplicateTaskError) -> TaskRegistry {
    try TaskRegistry(RegisteredTask.discovered() + listed.map { RegisteredTask(erasing: $0) })
  }

  /// The tasks of a list alone.
  ///
  /// - Throws: ``DuplicateTaskError`` when two have one name.
  public init(listing tasks: [any TaskHandle]) throws(DuplicateTaskError) {
    try self.init(tasks.map { RegisteredTask(erasing: $0) })
  }

  /// The task of a name.
  public subscript(name: String) -> RegisteredTask? { tasks[name] }

  /// All tasks, by name.
  public var all: [RegisteredTask] { tasks.values.sorted { $0.name < $1.name } }

  /// The tasks that run by themselves, by name.
  public var periodic: [RegisteredTask] { all.filter { $0.handle.periodic != nil } }
}

extension RegisteredTask {
  /// Forgets the type of a task whose type is half forgotten.
  package init(erasing handle: any TaskHandle) {
    func open(_ handle: some TaskHandle) -> RegisteredTask { RegisteredTask(handle) }
    self = open(handle)
  }
}

/// Two tasks have one name.
///
/// Give one of them a name of its own: `@Task("reports.build")`.
public struct DuplicateTaskError: Error, Equatable, CustomStringConvertible {
  /// The name in question.
  public let name: String

  /// Where one of them is written.
  public let first: SourceLocation

  /// Where the other is written.
  public let second: SourceLocation

  /// The name and both places in one line.
  public var description: String {
    "task '\(name)' is defined twice: at \(first) and at \(second); name one of them differently, "
      + "as in @Task(\"\(name)2\")"
  }
}
