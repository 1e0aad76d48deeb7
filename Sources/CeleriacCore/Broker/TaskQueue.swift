import CeleriacSchedule
import Synchronization

/// Where an application sends its calls, and where it finds their results.
public struct TaskQueue: Sendable {
  /// Where messages wait.
  public let broker: any Broker

  /// Where results wait.
  public let results: any ResultStore

  /// The queue for calls that ask for no other.
  public var defaultQueue: QueueName

  /// How long results are kept.
  public var resultExpiry: Duration

  /// Where the time of day comes from.
  public let clock: any WallClock

  /// Who sends, for the header `origin`: `gen<pid>@<host>`.
  let origin: String

  /// Puts a broker and a result store together.
  public init(
    broker: any Broker, results: any ResultStore, defaultQueue: QueueName = .default,
    resultExpiry: Duration = .seconds(86_400), clock: any WallClock = SystemWallClock()
  ) {
    self.broker = broker
    self.results = results
    self.defaultQueue = defaultQueue
    self.resultExpiry = resultExpiry
    self.clock = clock
    origin = ProcessIdentity.origin
  }

  /// Sends a call.
  ///
  /// One round trip.
  ///
  /// - Throws: ``BrokerError`` when the broker does not take the message; ``ArgumentError`` when an
  ///   argument cannot be encoded.
  @discardableResult
  public func send<Output>(_ signature: Signature<Output>) async throws -> TaskResult<Output> {
    let now = clock.now()
    let (id, message) = try prepare(signature.call, at: now)
    try await broker.send([message])
    return TaskResult(id: id, in: self)
  }

  /// Sends many calls, all of them or none.
  ///
  /// One round trip, whatever the count.
  ///
  /// - Throws: ``BrokerError`` when the broker does not take the messages; ``ArgumentError`` when
  ///   an argument cannot be encoded.
  @discardableResult
  public func send<Output>(
    _ signatures: [Signature<Output>]
  ) async throws -> [TaskResult<Output>] {
    let now = clock.now()
    let prepared = try signatures.map { try prepare($0.call, at: now) }
    try await broker.send(prepared.map(\.message))
    return prepared.map { TaskResult(id: $0.id, in: self) }
  }

  private func prepare(
    _ call: UnsentCall, at now: Timestamp
  ) throws(ArgumentError) -> (id: TaskID, message: Message) {
    let content = try call.content(
      at: now, defaultQueue: defaultQueue, sender: TaskContext.current?.call)
    return (content.id, content.message(origin: origin))
  }
}

extension MessageContent {
  func message(origin: String) -> Message {
    Message(
      bytes: MessageWriter.envelope(self, origin: origin), queue: queue, priority: priority)
  }
}

extension TaskQueue {
  /// The queue that `delay()` sends to: the innermost ``withTaskQueue(_:_:)``, else what
  /// ``bootstrap(_:)`` has set.
  public static var current: TaskQueue? { scoped ?? bootstrapped.withLock { $0 } }

  @TaskLocal private static var scoped: TaskQueue?
  private static let bootstrapped = Mutex<TaskQueue?>(nil)

  /// Sets the queue of the whole program, once, at its start.
  public static func bootstrap(_ queue: TaskQueue) {
    bootstrapped.withLock { $0 = queue }
  }

  static func required() throws(BrokerError) -> TaskQueue {
    guard let current else {
      throw BrokerError(
        .noQueue,
        detail: "call TaskQueue.bootstrap(_:) once at start, or use withTaskQueue(_:)")
    }
    return current
  }

  fileprivate static func with<Value>(
    _ queue: TaskQueue, _ body: () async throws -> Value
  ) async rethrows -> Value {
    try await $scoped.withValue(queue) { try await body() }
  }
}

/// Runs `body` with `queue` as ``TaskQueue/current``.
@discardableResult
public func withTaskQueue<Value>(
  _ queue: TaskQueue, _ body: () async throws -> Value
) async rethrows -> Value {
  try await TaskQueue.with(queue, body)
}
