public import CeleriacSchedule

/// Where messages wait.
///
///     send ──► queue ──take──► loan ──settle──► (done | queue | scheduled | dead letters)
///
/// A message is always in exactly one of these places. Each arrow is one atomic step of the broker:
/// there is no moment in which a message exists only in a worker's memory.
public protocol Broker: Sendable {
  /// A short name of the server for logs and banners, without password.
  var name: String { get }

  /// Puts messages into their queues, all of them or none.
  ///
  /// One round trip, whatever the count.
  func send(_ messages: [Message]) async throws(BrokerError)

  /// Starts to take messages on loan.
  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer

  /// How many messages wait in a queue, all priorities together.
  func length(of queue: QueueName) async throws(BrokerError) -> Int

  /// Drops the messages that wait in a queue and returns how many there were.
  func purge(_ queue: QueueName) async throws(BrokerError) -> Int

  /// Sends the message of a periodic entry, unless that instant or a later one was fired before.
  ///
  /// Recording the instant and sending are one step: with any number of beats running, at most one
  /// call returns true for an instant. That holds across the schedules of an entry as well: while
  /// beats of two versions run, what one has fired is behind the other.
  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool

  /// What is known of a periodic entry; the first to ask with its schedule sets the anchor.
  ///
  /// So does one that asks with a schedule that has been out of use while another was in use.
  func beatState(
    of entry: BeatEntryID, startingAt start: Timestamp
  ) async throws(BrokerError) -> BeatState

  /// Enters calls as revoked, for thirty days, and tells every worker.
  func revoke(_ ids: [TaskID]) async throws(BrokerError)

  /// Follows the revocations as long as the returned value is kept.
  ///
  /// `onRevoked` is told of each id once, those that were revoked before included; must return at once.
  func revocations(_ onRevoked: @escaping @Sendable ([TaskID]) -> Void) -> any Revocations

  /// Ends all connections.
  func close() async
}

/// The name of a periodic entry, with the schedule that a beat has for it.
///
/// Intervals of a changed schedule are counted anew, and times before the change are not missed by
/// it. The name alone says which firings are one entry's.
public struct BeatEntryID: Hashable, Sendable, CustomStringConvertible {
  /// The name, unique among all entries on a broker.
  public let name: String

  /// The schedule in words.
  public let schedule: String

  /// Names an entry.
  public init(name: String, schedule: String) {
    self.name = name
    self.schedule = schedule
  }

  /// Name and schedule.
  public var description: String { "\(name) (\(schedule))" }
}

/// What a broker keeps of a periodic entry.
public struct BeatState: Hashable, Sendable {
  /// When the entry was first seen with this schedule; intervals are counted from here.
  public let anchor: Timestamp

  /// The last due instant since then that was fired, with whichever schedule; nil for none.
  public let lastFired: Timestamp?

  /// Collects the two instants.
  public init(anchor: Timestamp, lastFired: Timestamp?) {
    self.anchor = anchor
    self.lastFired = lastFired
  }

  /// With the last firing of the entry, which may lie before the anchor.
  package init(anchor: Timestamp, lastFiredOfEntry last: Timestamp?) {
    self.init(anchor: anchor, lastFired: last.flatMap { $0 < anchor ? nil : $0 })
  }

  /// A schedule that nobody has used for so long, while another was used, begins anew.
  ///
  /// Each beat uses its schedules every minute, also when nothing is due.
  package static let disuse = Duration.seconds(300)

  /// How many schedules of an entry are kept, those used last; a deployment needs two.
  package static let schedulesKept = 4
}
