public import CeleriacCore
@_exported public import enum CeleriacWorker.UnknownTaskPolicy
@_exported public import struct Logging.Logger

/// What an application's code says about how it runs; what it leaves out has a default.
///
/// The environment overrules it, and the command line overrules both: `list --settings` shows each
/// value and who has said it.
public struct Configuration: Sendable {
  /// Where messages wait: `redis://localhost:6379/0` unless set.
  public var broker: String?

  /// Where results wait: with the messages unless set.
  public var results: ResultBackend?

  /// The queue of calls that ask for no other: `celery` unless set.
  public var defaultQueue: QueueName?

  /// The queues that a worker takes from: the default one and those of the tasks unless set.
  public var queues: [QueueName]?

  /// How many tasks a worker runs at once: one for each core unless set.
  public var concurrency: Int?

  /// How many further messages a worker holds ready: 50 ms of work unless set, but four for each
  /// task at once at least and a thousand at most.
  public var prefetch: Int?

  /// How long a stop waits for the tasks that run: 60 seconds unless set.
  public var stopTimeout: Duration?

  /// How long the loans of a worker last that is gone without a word: 10 seconds unless set.
  public var lease: Duration?

  /// What becomes of a message whose task is not known: the dead letters unless set.
  public var unknownTasks: UnknownTaskPolicy?

  /// At how many crashes of its worker a call is given up, 2 to 9: 3 unless set.
  public var deliveries: Int?

  /// Who can see what a worker has on loan, and put it back when it has died: workers of Celeriac's
  /// unless set.
  public var visibility: LoanVisibility?

  /// How long results are kept: a day unless set.
  public var resultExpiry: Duration?

  /// Which log lines are written: `info` and above unless set.
  public var logLevel: Logger.Level?

  /// How log lines look: for people unless set.
  public var logFormat: LogFormat?

  /// Collects what the code says; the rest can be set on the value.
  ///
  /// - Parameters:
  ///   - broker: Where messages wait.
  ///   - results: Where results wait.
  ///   - concurrency: How many tasks a worker runs at once.
  ///   - queues: The queues that a worker takes from.
  public init(
    broker: String? = nil, results: ResultBackend? = nil, concurrency: Int? = nil,
    queues: [QueueName]? = nil
  ) {
    self.broker = broker
    self.results = results
    self.concurrency = concurrency
    self.queues = queues
  }
}

/// Where results wait.
public enum ResultBackend: Sendable, Hashable {
  /// With the messages: storing a result and acknowledging its message are one step.
  case sameAsBroker
  /// On a Redis of their own, or in another database.
  case redis(String)
}
