/// A message on its way to a broker: an envelope, and where it goes.
public struct Message: Sendable {
  /// The envelope's bytes, as they will stand in the queue.
  public let bytes: [UInt8]

  /// The queue.
  public let queue: QueueName

  /// The priority, 0 (first) to 9 (last).
  public let priority: Int

  /// Addresses an envelope.
  public init(bytes: [UInt8], queue: QueueName, priority: Int = 0) {
    self.bytes = bytes
    self.queue = queue
    self.priority = priority
  }
}
