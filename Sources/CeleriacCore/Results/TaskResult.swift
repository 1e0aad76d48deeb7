/// What will be known of a call: its value, once a worker has run it.
public struct TaskResult<Output: Codable & Sendable>: Sendable {
  /// The call's id.
  public let id: TaskID

  private let queue: TaskQueue

  /// A handle on the result of a call that was sent elsewhere or earlier.
  public init(id: TaskID, in queue: TaskQueue) {
    self.id = id
    self.queue = queue
  }

  /// Waits for the value.
  ///
  /// One round trip when it is there already; otherwise one more, and no polling.
  ///
  /// - Parameter limit: How long to wait at most; there is no default, because nothing else ends
  ///   the wait for a call that no worker takes.
  /// - Returns: What the task has returned.
  /// - Throws: ``TaskFailure`` when the task has thrown, ``TaskRevoked`` when it will not run,
  ///   ``TaskTimedOut`` when the time is over, ``BrokerError``, a `DecodingError` when the value is
  ///   of another type, or `CancellationError`.
  public func value(within limit: Duration) async throws -> Output {
    let record = try await finalRecord(within: limit)
    switch record.state {
    case .success:
      return try WireCoding.decode(Output.self, from: record.bytes, in: record.value)
    case .revoked:
      throw TaskRevoked(id: id, reason: record.failure(of: id).message)
    default:
      throw record.failure(of: id)
    }
  }

  /// How far the call is.
  ///
  /// One round trip. A call that is not known is ``TaskState/pending``.
  public var state: TaskState {
    get async throws { try await queue.results.read(id)?.state ?? .pending }
  }

  /// The last progress that the task has reported; nil while there is none, and at the end.
  ///
  /// One round trip.
  public func progress<Progress: Decodable>(
    as type: Progress.Type = Progress.self
  ) async throws -> Progress? {
    guard let record = try await queue.results.read(id), record.state == .progress else {
      return nil
    }
    return try WireCoding.decode(type, from: record.bytes, in: record.value)
  }

  /// Revokes the call: it will not run, or is cancelled where it runs.
  ///
  /// - Returns: False when it had ended already.
  @discardableResult
  public func revoke() async throws -> Bool {
    try await !queue.revoke([id]).isEmpty
  }

  /// Drops what is stored of the call.
  ///
  /// One round trip.
  public func forget() async throws {
    try await queue.results.forget(id)
  }

  private func finalRecord(within limit: Duration) async throws -> ResultRecord {
    let record = try await queue.results.follow(id, within: limit) { $0.state.isFinal ? $0 : nil }
    guard let record else { throw TaskTimedOut(id: id, limit: limit) }
    return record
  }
}
