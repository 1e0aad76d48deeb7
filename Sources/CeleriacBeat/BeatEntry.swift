public import CeleriacCore
public import CeleriacSchedule

/// A call that is sent again and again: which one, when, and what becomes of missed times.
///
///     BeatEntry("sync.europe", .every(.seconds(300))) { sync.s("eu") }
///
/// Each task that is periodic by its definition is an entry of the task's name already; entries
/// are written for calls with arguments, or for a second schedule of the same task.
public struct BeatEntry: Sendable {
  /// The name, unique among the entries of all beats on a broker.
  public let name: String

  /// The task that is called.
  public let task: String

  /// When the call falls due.
  public let schedule: Schedule

  /// What becomes of times that passed without a beat.
  public let missed: MissedPolicy

  /// Where the entry is written.
  public let source: SourceLocation

  private let prepare: @Sendable (TaskQueue) throws(ArgumentError) -> (TaskID, Message)

  /// Describes an entry.
  ///
  /// - Parameters:
  ///   - name: The entry's name; the task's unless given. Renamed, the entry starts anew.
  ///   - schedule: When the call falls due.
  ///   - missed: What becomes of times that passed without a beat.
  ///   - file: Where the entry stands.
  ///   - line: Where the entry stands.
  ///   - call: Makes the call, each time that it falls due and once before.
  public init<Output>(
    _ name: String? = nil, _ schedule: Schedule, missed: MissedPolicy = .once,
    file: String = #fileID, line: Int = #line,
    _ call: @escaping @Sendable () -> Signature<Output>
  ) {
    self.init(
      name, schedule, missed: missed, source: SourceLocation(file: file, line: line), call)
  }

  /// The entry of a periodic task; nothing for a task that is only called.
  init?(_ task: RegisteredTask) {
    func entry(_ handle: some TaskHandle) -> BeatEntry? {
      guard let periodic = handle.periodic else { return nil }
      return BeatEntry(
        handle.name, periodic.schedule, missed: periodic.missed, source: handle.source
      ) {
        handle.signature(CallArguments())
      }
    }
    guard let entry = entry(task.handle) else { return nil }
    self = entry
  }

  private init<Output>(
    _ name: String?, _ schedule: Schedule, missed: MissedPolicy, source: SourceLocation,
    _ call: @escaping @Sendable () -> Signature<Output>
  ) {
    task = call().taskName
    self.name = name ?? task
    self.schedule = schedule
    self.missed = missed
    self.source = source
    prepare = { queue throws(ArgumentError) in try queue.messageFromBeat(call()) }
  }

  /// How the entry is known to the broker.
  var id: BeatEntryID { BeatEntryID(name: name, schedule: schedule.description) }

  /// The message to send now.
  func message(for queue: TaskQueue) throws(ArgumentError) -> (id: TaskID, message: Message) {
    try prepare(queue)
  }
}
