/// What a test asked of its queue that cannot be done.
public struct TestQueueError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Equatable, CustomStringConvertible {
    /// A call waits for a task that the queue does not know.
    ///
    /// Link the task's module into the test, or list the task: `withTestQueue(tasks:)`. A task that
    /// lives elsewhere, in Python say, needs a stand-in: a `TaskDefinition` of its name.
    public static let unknownTask = Code("unknown task")

    /// Calls wait, and the queue knows no task at all.
    ///
    /// Link the module with the tasks into the test, or list them: `withTestQueue(tasks:)`.
    public static let noTasks = Code("no tasks")

    /// Nothing can fall due: none of the queue's tasks is periodic.
    ///
    /// Link the module with the periodic tasks into the test, list them, or add entries.
    public static let noEntries = Code("no periodic tasks")

    /// `runAll()` was called while it ran: by a task, or twice at once.
    ///
    /// A task only sends calls; they run after it, in the same `runAll()`.
    public static let alreadyRunning = Code("already running")

    /// Calls have sent calls again and again while the clock stood still.
    ///
    /// Send the next one later, with `after(_:)`, or stop at some point.
    public static let endless = Code("endless")

    /// A schedule has no next time.
    public static let neverDue = Code("never due")

    /// The code in words.
    public let description: String

    private init(_ text: String) { description = text }
  }

  /// What went wrong.
  public let code: Code

  /// One line for a person: what was found, and what to do.
  public let detail: String

  init(_ code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// The code and the detail in one line.
  public var description: String { "test queue: \(code): \(detail)" }
}
