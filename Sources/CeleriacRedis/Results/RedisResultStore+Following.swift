public import CeleriacCore

extension RedisResultStore {
  /// What comes from the server for a follower.
  private enum News: Sendable {
    /// What was stored, if anything, when it was asked for.
    case stored(Result<[RedisReply], RedisError>)
    case published([UInt8])
    case failed(RedisError)
    case timeIsOver
  }

  /// Calls `body` with every state of a call until it returns a value.
  public func follow<Value: Sendable>(
    _ id: TaskID, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value {
    guard let value = try await follow(id, for: nil, body) else {
      preconditionFailure("a wait without a limit has ended")
    }
    return value
  }

  /// Calls `body` with every state of a call until it returns a value, or the time is over.
  ///
  /// Without any time, what is stored now is all that is looked at: one round trip.
  public func follow<Value: Sendable>(
    _ id: TaskID, within limit: Duration,
    _ body: @escaping @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value? {
    guard limit > .zero else { return try await read(id).flatMap(body) }
    return try await follow(id, for: limit, body)
  }

  // Reads and subscribes at once, for the result of a call that was just sent is seldom there yet;
  // and reads again when the subscription stands, so that nothing published in between is missed, and
  // after each gap. The follower wakes for news alone: what leads to them happens on the I/O thread,
  // the limit's timer too.
  private func follow<Value: Sendable>(
    _ id: TaskID, for limit: Duration?, _ body: @Sendable (ResultRecord) throws -> Value?
  ) async throws -> Value? {
    let (news, continuation) = AsyncStream.makeStream(of: News.self)
    let read: @Sendable () -> Void = { [connection] in
      var batch = RedisBatch()
      batch.append("GET", Keys.result(id))
      connection.submit(batch) { outcome in
        // That nothing is stored yet is no news.
        if case .success(let replies) = outcome, replies.first == .null { return }
        continuation.yield(.stored(outcome))
      }
    }
    read()
    let subscription = subscriber.subscribe(to: Keys.result(id), for: limit) { signal in
      switch signal {
      case .listening, .resumed: read()
      case .message(let bytes): continuation.yield(.published(bytes))
      case .failed(let error): continuation.yield(.failed(error))
      case .timeIsOver: continuation.yield(.timeIsOver)
      }
    }
    defer { subscription.cancel() }

    for await item in news {
      if case .timeIsOver = item { return nil }
      if let record = try await record(item, of: id), let value = try body(record) { return value }
    }
    // The stream ends for a cancelled task alone.
    throw CancellationError()
  }

  private func record(
    _ news: News, of id: TaskID
  ) async throws(BrokerError) -> ResultRecord? {
    let bytes: [UInt8]?
    switch news {
    case .stored(let outcome):
      do throws(RedisError) {
        bytes = try outcome.get().first?.orThrow(by: connection.subject).bytes
      } catch {
        throw BrokerError(await connection.explain(error, by: [key(of: id)]))
      }
    case .published(let message): bytes = message
    case .failed(let error): throw BrokerError(error)
    case .timeIsOver: return nil
    }
    guard let bytes else { return nil }
    return try record(bytes, of: id)
  }
}
