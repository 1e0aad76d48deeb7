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

  /// Sends the message of a periodic entry, unless that due instant was fired before.
  ///
  /// Recording the instant and sending are one step: with any number of beats running, exactly one
  /// call returns true for an instant.
  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool

  /// What is known of a periodic entry; the first to ask for it sets its anchor.
  func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState

  /// Ends all connections.
  func close() async
}

/// The name of a periodic entry, with its schedule: a changed schedule starts anew.
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
  /// When the entry was first seen; intervals are counted from here.
  public let anchor: Timestamp

  /// The last due instant that was fired, if any.
  public let lastFired: Timestamp?

  /// Collects the two instants.
  public init(anchor: Timestamp, lastFired: Timestamp?) {
    self.anchor = anchor
    self.lastFired = lastFired
  }
}
