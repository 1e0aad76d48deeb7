public import CeleriacSchedule

/// What a worker tells a broker before it takes messages.
public struct ConsumerOptions: Sendable {
  /// The worker's name, such as `celery@host`.
  public var worker: String

  /// The queues to take from; of one priority, each in turn.
  public var queues: [QueueName]

  /// Where the results of settled deliveries go.
  public var results: any ResultStore

  /// How long a loan lasts without renewal.
  ///
  /// The consumer renews its loans by itself, at a third of this time.
  public var lease: Duration

  /// Whose loans can be taken back at once: the name a supervisor gave to the process that was in
  /// this one's place and is dead for certain.
  public var predecessor: String?

  /// The name a supervisor gave to this process, for its successor.
  public var instance: String?

  /// Who can see what is on loan, and put it back when this worker has died.
  public var visibility = LoanVisibility.own

  /// After how many crashes a message is given out apart from others like it.
  ///
  /// One less than condemns it: the last chance is not to be spoilt by a neighbour.
  public var apartAfter: Int

  /// Called when loans are this worker's no longer: their tasks should be cancelled.
  ///
  /// The consumer itself says why, in its log.
  public var onLost: @Sendable ([Loan]) -> Void

  /// Called when the broker fails to do its work for this consumer, and when it does it again.
  ///
  /// Whatever ``Consumer/take(into:)`` throws is told here too; after that, ``BrokerHealth/serving``
  /// follows as soon as the broker does its work, whether or not there is a message. Called in
  /// order; must return at once.
  public var onHealth: @Sendable (BrokerHealth) -> Void

  /// Collects the options.
  public init(
    worker: String, queues: [QueueName], results: any ResultStore,
    lease: Duration = .seconds(10), predecessor: String? = nil, instance: String? = nil,
    apartAfter: Int = 2, onLost: @escaping @Sendable ([Loan]) -> Void = { _ in },
    onHealth: @escaping @Sendable (BrokerHealth) -> Void = { _ in }
  ) {
    self.worker = worker
    self.queues = queues
    self.results = results
    self.lease = lease
    self.predecessor = predecessor
    self.instance = instance
    self.apartAfter = apartAfter
    self.onLost = onLost
    self.onHealth = onHealth
  }
}

/// Takes messages on loan for one worker and settles them.
public protocol Consumer: Sendable {
  /// Takes as many messages as there is room for; waits until there is at least one.
  ///
  /// One round trip while there is a backlog. What was on loan when a worker crashed comes first, and
  /// only where it can start at once. Without such room, ``holdsSuspects`` turns true and the wait
  /// ends with nothing.
  ///
  /// - Throws: `CancellationError` when the task is cancelled; a message that arrives in that moment
  ///   is still on loan, and handed back by ``close()``.
  func take(into room: Room) async throws -> [Delivery]

  /// Whether messages wait that will be given out only where they can start at once.
  ///
  /// As long as it is true, a worker had better take nothing that would have to wait for its turn.
  var holdsSuspects: Bool { get }

  /// Ends loans, each in the way it asks for, together with its result.
  ///
  /// One round trip, whatever the count. A settlement is carried out wholly or not at all.
  ///
  /// - Returns: The loans for which nothing was done; those that are refused stay on loan.
  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled

  /// Whether a loan is this worker's, as far as it can know without asking.
  ///
  /// False once the lease has run out: a worker that was halted, or cut off, must not start what it
  /// took before, for others may have it by now.
  func isCurrent(_ loan: Loan) -> Bool

  /// Whether the lease is known to be over under which a message was taken, settled or not.
  func hasLost(_ loan: Loan) -> Bool

  /// Hands back what is still on loan, uncounted and first in line, and stops renewing.
  func close() async

  /// Where taking and settling cost no change of threads; nil where that makes no difference.
  ///
  /// The worker's own code runs there, which never blocks; no task does.
  var executor: (any TaskExecutor)? { get }
}

extension Consumer {
  /// Nil.
  public var executor: (any TaskExecutor)? { nil }
}

extension Consumer {
  /// True: loans without a lease do not run out.
  public func isCurrent(_ loan: Loan) -> Bool { true }

  /// False: loans without a lease do not run out.
  public func hasLost(_ loan: Loan) -> Bool { false }

  /// False: a broker whose workers cannot crash without it has no suspects.
  public var holdsSuspects: Bool { false }

  /// Takes up to `count` messages, each of which can start at once.
  public func take(upTo count: Int) async throws -> [Delivery] {
    try await take(into: Room(total: count, starting: count))
  }
}

/// How many messages a worker has room for.
public struct Room: Sendable, Hashable {
  /// How many in all.
  public let total: Int

  /// How many of them would start at once, and not wait for their turn.
  public let starting: Int

  /// Measures the room.
  public init(total: Int, starting: Int) {
    self.total = total
    self.starting = starting
  }
}

/// The name of one loan, unique among those of one consumer: two numbers, for it is compared and passed
/// on several times for every message.
public struct Loan: Hashable, Sendable {
  /// The batch that the message was taken in.
  public let batch: Int

  /// Which message of the batch it is, from 0.
  public let index: Int

  /// Names a loan; brokers make these.
  public init(batch: Int, index: Int) {
    self.batch = batch
    self.index = index
  }
}

/// A message on loan to this worker, to be settled once.
public struct Delivery: Sendable {
  /// The name of the loan.
  public let loan: Loan

  /// The message's bytes.
  public let bytes: [UInt8]

  /// The queue it was taken from.
  public let queue: QueueName

  /// How many workers have crashed with this message; at the first it may only have waited there for
  /// its turn.
  public let crashes: Int

  /// Describes a loan; brokers make these.
  public init(loan: Loan, bytes: [UInt8], queue: QueueName, crashes: Int = 0) {
    self.loan = loan
    self.bytes = bytes
    self.queue = queue
    self.crashes = crashes
  }
}

/// The loans for which a request to settle has done nothing.
public struct Unsettled: Sendable, Hashable {
  /// Those that were no longer the worker's.
  public var lost: Set<Loan>

  /// Those that the broker can't end as asked, each with what stands in the way.
  ///
  /// A key of another type, say, or a right that the worker does not have. Such a loan stays the
  /// worker's until it stops.
  public var refused: [Loan: String]

  /// Collects the loans.
  public init(lost: Set<Loan> = [], refused: [Loan: String] = [:]) {
    self.lost = lost
    self.refused = refused
  }
}

extension Unsettled: ExpressibleByArrayLiteral {
  /// Loans that were lost; none where all was done.
  public init(arrayLiteral loans: Loan...) {
    self.init(lost: Set(loans))
  }
}

/// How a loan ends, and the result that is stored in the same step.
public struct Settlement: Sendable {
  /// What becomes of the message.
  public enum Disposition: Sendable {
    /// It is done.
    case acknowledge
    /// It goes back to its queue, to be taken next.
    case requeue
    /// It is replaced by `message`, which waits until `due`: a retry, or a call before its time.
    case schedule(Message, due: Timestamp)
    /// It is given up and kept for replay.
    case bury(reason: String)
  }

  /// The loan that ends.
  public let loan: Loan

  /// What becomes of the message.
  public let disposition: Disposition

  /// What the result store shall keep; nil to leave it as it is.
  public let result: ResultWrite?

  /// Asks for the end of a loan.
  public init(_ loan: Loan, _ disposition: Disposition, result: ResultWrite? = nil) {
    self.loan = loan
    self.disposition = disposition
    self.result = result
  }
}
