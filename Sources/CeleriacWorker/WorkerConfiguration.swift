public import CeleriacCore

/// How a worker works; each default is safe.
public struct WorkerConfiguration: Sendable {
  /// The worker's name, `celery@<host>` unless set: unique among the workers on a broker.
  public var name: String

  /// The queues to take from.
  public var queues: [QueueName]

  /// How many tasks run at once.
  public var concurrency: Int

  /// How many further messages are held ready beside those that run, in any case.
  public var prefetch: Int

  /// How much work is held ready: as many messages as were done in this time, no less than
  /// ``prefetch`` and a thousand at most.
  ///
  /// 50 ms unless ``prefetch`` was given: short tasks then come in large batches, and long ones
  /// are left to idle workers. Zero for no more than ``prefetch``.
  public var prefetchTime: Duration

  /// How long a stop waits for the tasks that run; then they are handed back.
  public var stopTimeout: Duration

  /// How long a loan lasts when this worker is gone without a word: others take over after that.
  public var lease: Duration

  /// What becomes of a message whose task this worker does not know.
  public var unknownTasks: UnknownTaskPolicy

  /// At how many crashes of its worker a call is given up, 2 to 9, as far as its task says nothing of
  /// it; 3 unless set.
  public var deliveries: Int {
    didSet { deliveries = TaskOptions.bounded(deliveries: deliveries) }
  }

  /// Who can see what this worker has on loan, and put it back when it has died: workers of Celeriac's
  /// unless set.
  public var visibility = LoanVisibility.own

  /// The name that a supervisor gave to this process, if one did.
  public var instance: String?

  /// The name of the process that was in this one's place and is dead for certain.
  public var predecessor: String?

  /// Collects the settings.
  ///
  /// - Parameters:
  ///   - concurrency: How many tasks run at once.
  ///   - queues: The queues to take from.
  ///   - prefetch: Messages held ready; unless set, 4 for each task at once, as in Celery, and more
  ///     while the tasks are short.
  ///   - name: The worker's name.
  public init(
    concurrency: Int, queues: [QueueName] = [.default], prefetch: Int? = nil,
    name: String? = nil
  ) {
    self.concurrency = max(concurrency, 1)
    self.queues = queues
    self.prefetch = max(prefetch ?? 4 * concurrency, 0)
    prefetchTime = prefetch == nil ? .milliseconds(50) : .zero
    self.name = name ?? "celery@\(ProcessIdentity.host)"
    stopTimeout = .seconds(60)
    lease = .seconds(10)
    unknownTasks = .bury
    deliveries = Self.defaultDeliveries
  }

  static let defaultDeliveries = 3
}

/// What becomes of a message whose task a worker does not know.
public enum UnknownTaskPolicy: Sendable, Hashable {
  /// It goes to the dead letters, and the call fails with `NotRegistered`.
  case bury
  /// It goes back to its queue after ten seconds, for a worker that knows it.
  case requeue
}
