/// How a task is sent and run, as far as its calls say nothing else.
public struct TaskOptions: Sendable {
  /// The queue that calls go to; nil for the default one of the application.
  public var queue: QueueName?

  /// What happens after a failure; never retried unless asked for.
  public var retry: RetryPolicy

  /// How long after sending a call may still start; nil for any time.
  public var expires: Duration?

  /// How long a run may take.
  public var timeLimit: TimeLimit?

  /// Which calls are taken first.
  public var priority: TaskPriority

  /// What becomes of the return value.
  public var result: ResultPolicy

  /// When the message leaves the broker.
  public var acknowledge: AcknowledgePolicy

  /// How many workers a call may take with it before it goes to the dead letters, 2 to 9; nil for the
  /// worker's own setting.
  ///
  /// Two is the least: the first crash does not tell the call that was running from the one that
  /// waited beside it for its turn.
  public var deliveries: Int? {
    didSet { deliveries = deliveries.map(Self.bounded(deliveries:)) }
  }

  /// Collects the options of a task; each default is the safe choice.
  public init(
    queue: QueueName? = nil, retry: RetryPolicy = .never, expires: Duration? = nil,
    timeLimit: TimeLimit? = nil, priority: TaskPriority = .normal, result: ResultPolicy = .kept,
    acknowledge: AcknowledgePolicy = .late, deliveries: Int? = nil
  ) {
    self.queue = queue
    self.retry = retry
    self.expires = expires
    self.timeLimit = timeLimit
    self.priority = priority
    self.result = result
    self.acknowledge = acknowledge
    self.deliveries = deliveries.map(Self.bounded(deliveries:))
  }

  /// The number of crashes nearest to `count` that a call can be given up at.
  package static func bounded(deliveries count: Int) -> Int { min(max(count, 2), 9) }
}

/// How long a run may take, and what happens then.
public struct TimeLimit: Sendable, Hashable {
  /// After this time the Swift task that runs it is cancelled.
  public var soft: Duration

  /// Cancels the run after `duration`; a body that does not look at cancellation runs on.
  public static func soft(_ duration: Duration) -> TimeLimit {
    TimeLimit(soft: duration)
  }

  /// The same as `.soft(.seconds(count))`.
  public static func seconds(_ count: Int) -> TimeLimit {
    TimeLimit(soft: .seconds(count))
  }
}

/// Which calls are taken first: 0 before all others, 9 after them, as Celery has it on Redis.
public struct TaskPriority: Sendable, Hashable, ExpressibleByIntegerLiteral {
  /// Celery's default, 0: nothing comes before it on Redis.
  public static let normal: TaskPriority = 0
  /// Taken when nothing of normal priority waits: 6.
  public static let low: TaskPriority = 6
  /// Taken when nothing else waits: 9.
  public static let lowest: TaskPriority = 9

  /// The number on the wire, 0 to 9.
  public let level: Int

  /// Takes a number, brought into 0…9.
  public init(_ level: Int) {
    self.level = min(max(level, 0), 9)
  }

  /// Takes the literal, brought into 0…9.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

/// What becomes of a task's return value.
public enum ResultPolicy: Sendable, Hashable {
  /// Stored for the application's result expiry, a day unless set otherwise.
  case kept
  /// Neither stored nor published: cheaper, and `value()` would wait in vain.
  case ignored
}

/// When a message leaves the broker.
public enum AcknowledgePolicy: Sendable, Hashable {
  /// When its task has ended: a crash before that means another run.
  case late
  /// When its task starts: a crash after that loses the call, and it never runs twice.
  case early
}
