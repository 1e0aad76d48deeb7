import CeleriacCore

/// One list that a worker takes from, and its connection for waiting there.
///
/// BLMOVE has one source, so each list needs a connection of its own to wait at; it is made when the
/// worker is idle for the first time.
struct Lane {
  /// Where the lane stands with its server.
  enum State: Equatable {
    /// Nothing waits, nothing is registered.
    case idle
    /// A batch is registered for a message that may come.
    case registered(batch: Int)
    /// BLMOVE is under way into that batch.
    case waiting(batch: Int)
  }

  let list: String
  let queue: QueueName
  var state = State.idle
  /// The batch of the last BLMOVE, whatever has come of it.
  var lastBatch: Int?
  var connection: RedisConnection?

  /// The lanes of the queues: the lists of the first priority before those of the next.
  static func all(of queues: [QueueName]) -> [Lane] {
    PriorityStep.all.flatMap { step in
      queues.map { Lane(list: PriorityStep.key(of: $0, step: step), queue: $0) }
    }
  }
}
