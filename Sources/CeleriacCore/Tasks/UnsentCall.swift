import CeleriacSchedule

/// What a ``Signature`` says, apart from the type of the result: the runtime would look that up for each
/// call, and nothing here needs it.
struct UnsentCall: Sendable {
  let task: String
  let arguments: CallArguments
  var id: TaskID?
  var queue: QueueName?
  var priority: TaskPriority
  var start = Start.now
  var expires: Expiry?
  var timeLimit: TimeLimit?
  var ignoresResult: Bool
  var headers: [(name: String, value: [UInt8])] = []

  enum Start: Sendable {
    case now
    case after(Duration)
    case at(Timestamp)
  }

  enum Expiry: Sendable {
    case after(Duration)
    case at(Timestamp)
  }

  init(task: String, arguments: CallArguments, options: TaskOptions) {
    self.task = task
    self.arguments = arguments
    queue = options.queue
    priority = options.priority
    expires = options.expires.map { .after($0) }
    timeLimit = options.timeLimit
    ignoresResult = options.result == .ignored
  }

  /// What the message is to say.
  func content(
    at now: Timestamp, defaultQueue: QueueName, sender: TaskCall?
  ) throws(ArgumentError) -> MessageContent {
    if let failure = arguments.failure { throw failure }
    let eta: Timestamp? =
      switch start {
      case .now: nil
      case .after(let delay): now + delay
      case .at(let time): time
      }
    let deadline: Timestamp? =
      switch expires {
      case nil: nil
      case .after(let duration): now + duration
      case .at(let time): time
      }
    return MessageContent(
      task: task, id: id ?? .random(), args: arguments.args, kwargs: arguments.kwargs,
      queue: queue ?? defaultQueue, rootID: sender?.rootID, parentID: sender?.id, eta: eta,
      expires: deadline, softTimeLimit: timeLimit?.soft, priority: priority.level,
      ignoresResult: ignoresResult, headers: headers)
  }
}
