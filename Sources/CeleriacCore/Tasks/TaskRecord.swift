import CLinux

/// What stands in the linker section `celeriac_tasks` for each `@Task`.
///
/// The linker gathers the records of all modules, imported or not, between two symbols, so that a
/// program knows its tasks without a list. `kind` and `version` let a reader pass over records that
/// it does not know.
public typealias TaskRecord = (
  kind: UInt32, version: UInt32, accessor: @convention(c) (UnsafeMutableRawPointer) -> Void,
  reserved: UInt
)

/// A task whose type is no longer known: what a worker runs.
public struct RegisteredTask: Sendable {
  // One reference, because each call looks at the task in several places.
  package final class Kept: Sendable {
    package let options: TaskOptions
    fileprivate let handle: any TaskHandle
    fileprivate let execute: @Sendable (TaskContext, Arguments) async throws -> [UInt8]

    fileprivate init(_ handle: some TaskHandle) {
      options = handle.options
      self.handle = handle
      execute = { context, arguments in
        try WireCoding.encode(await handle.run(context, arguments))
      }
    }
  }

  package let kept: Kept

  /// Forgets the type of a task.
  public init<Handle: TaskHandle>(_ handle: Handle) {
    kept = Kept(handle)
  }

  /// The task itself.
  public var handle: any TaskHandle { kept.handle }

  /// The name on the wire.
  public var name: String { handle.name }

  /// Runs the task and gives the JSON text of what it returns.
  package func run(_ context: TaskContext, _ arguments: Arguments) async throws -> [UInt8] {
    try await kept.execute(context, arguments)
  }
}

extension TaskHandle {
  /// Puts the task where a record's accessor was told to: only `@Task`'s expansion calls this.
  public func register(into memory: UnsafeMutableRawPointer) {
    memory.assumingMemoryBound(to: RegisteredTask?.self).pointee = RegisteredTask(self)
  }
}

extension RegisteredTask {
  /// The `kind` of a record that stands for a task.
  static let recordKind: UInt32 = 0x6365_6C74

  /// The tasks that `@Task` has left in this program, of every module linked into it.
  public static func discovered() -> [RegisteredTask] {
    guard let begin = cel_tasks_begin(), let end = cel_tasks_end() else { return [] }
    let count = (end - begin) / MemoryLayout<TaskRecord>.stride
    let records = UnsafeBufferPointer(
      start: begin.assumingMemoryBound(to: TaskRecord.self), count: count)
    return records.compactMap { record in
      guard record.kind == recordKind, record.version == 1 else { return nil }
      var task: RegisteredTask?
      withUnsafeMutablePointer(to: &task) { record.accessor($0) }
      return task
    }
  }
}
