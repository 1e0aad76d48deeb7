public import CeleriacCore

extension RedisResultStore {
  /// Calls `body` with every state of a call until it returns a value.
  ///
  /// Reads once; where that is not enough, subscribes and reads again when the subscription stands,
  /// so that nothing published in between is missed, and again after each gap.
  public func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value {
    if let record = try await readUnlessCancelled(id), let value = try body(record) {
      return value
    }

    let (signals, continuation) = AsyncStream.makeStream(of: RedisSubscriber.Signal.self)
    let subscription = subscriber.subscribe(to: Keys.result(id)) { continuation.yield($0) }
    defer { subscription.cancel() }
    for await signal in signals {
      switch signal {
      case .listening, .resumed:
        if let record = try await readUnlessCancelled(id), let value = try body(record) {
          return value
        }
      case .message(let bytes):
        if let value = try body(try ResultRecord(bytes)) { return value }
      case .failed(let error):
        throw BrokerError(error)
      }
    }
    // The stream ends for a cancelled task alone.
    throw CancellationError()
  }

  private func readUnlessCancelled(_ id: TaskID) async throws -> ResultRecord? {
    do {
      return try await read(id)
    } catch {
      try Task.checkCancellation()
      throw error
    }
  }
}
