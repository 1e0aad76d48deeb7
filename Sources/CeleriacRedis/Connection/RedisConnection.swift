internal import Synchronization

/// One connection to Redis, which connects by itself, again and again.
///
/// Commands of many tasks share it: whatever gathers while the I/O thread is busy goes out in one
/// write, and replies come in the order of the commands. A command that blocks the connection
/// (`BLMOVE`) blocks all behind it, so it gets a connection of its own; those are cheap.
///
/// A command that was not written yet waits for the connection until its timeout. One that was
/// written when the connection broke fails with `connectionLost` and is never sent twice.
package final class RedisConnection: Sendable {
  /// How long a command may take.
  package enum TimeLimit: Sendable {
    /// As long as the configuration says.
    case standard
    /// As long as this.
    case limit(Duration)
    /// As long as it takes; a server that vanishes without a word is noticed in half a minute.
    case unlimited
  }

  /// Whose thread this is.
  package let thread: IOThread
  /// The server, as its URL without the password.
  let subject: String
  private let commandTimeout: Duration
  let outbox: CommandOutbox
  private let status: ConnectionStatus

  /// Who writes to the socket and reads from it.
  package enum Access: Sendable {
    /// The I/O thread alone.
    case shared
    /// A caller that is alone, too: ``send(_:within:)`` then blocks its thread until the reply comes,
    /// some milliseconds at most, and takes a third of the time.
    case direct
  }

  /// Begins to connect.
  ///
  /// `announce` is called on the I/O thread and must not block.
  package init(
    _ configuration: RedisConfiguration, on thread: IOThread, access: Access = .shared,
    announce: @escaping @Sendable (RedisConnectionEvent) -> Void = { _ in }
  ) {
    let status = ConnectionStatus(announce: announce)
    self.thread = thread
    subject = configuration.url.description
    self.status = status
    commandTimeout = configuration.commandTimeout
    outbox = CommandOutbox(on: thread) { loop in
      CommandPipe(configuration, status: status, loop: loop)
    }
    if access == .direct { outbox.allowLending() }
  }

  deinit {
    close()
  }

  /// Ends the connection; commands that wait fail with `closed`.
  package func close() {
    outbox.close()
  }

  /// The number by which `CLIENT UNBLOCK` names this connection; nil while it is down.
  package var clientID: Int? { status.clientID }

  /// Hands a batch over; `completion` is called once, on the I/O thread, and must not block.
  package func submit(
    _ batch: RedisBatch, within limit: TimeLimit = .standard,
    _ completion: @escaping @Sendable (Result<[RedisReply], RedisError>) -> Void
  ) {
    start(Exchange(batch, timeout: timeout(limit)), completion)
  }

  /// Sends a batch and waits for all of its replies, error replies included.
  ///
  /// One round trip. Cancelling the task ends the wait at once; what was written still runs.
  package func send(
    _ batch: RedisBatch, within limit: TimeLimit = .standard
  ) async throws(RedisError) -> [RedisReply] {
    let exchange = Exchange(batch, timeout: timeout(limit))
    let end = Task.isCancelled ? .notNow : outbox.exchangeDirectly(exchange)
    if case .answered(let replies) = end { return replies }
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let completion: Exchange.Completion = { continuation.resume(returning: $0) }
        if case .underway = end {
          _ = exchange.wait(completion)
        } else {
          start(exchange, completion)
        }
      }
    } onCancel: {
      exchange.settle(.failure(RedisError(.cancelled, "redis", "the waiting task was cancelled")))
    }
    return try outcome.get()
  }

  /// Sends one command and waits for its reply.
  ///
  /// - Throws: also when the reply is an error.
  package func send(
    _ command: RedisCommand, within limit: TimeLimit = .standard
  ) async throws(RedisError) -> RedisReply {
    try await send(RedisBatch(command), within: limit)[0].orThrow(by: subject)
  }

  /// Calls a script and waits for its reply.
  ///
  /// One round trip; two when the server does not know the script yet.
  ///
  /// - Throws: also when the reply is an error.
  package func send<each Argument: RedisArgument>(
    _ script: RedisScript, keys: [String], _ arguments: repeat each Argument
  ) async throws(RedisError) -> RedisReply {
    var batch = RedisBatch()
    batch.append(script, keys: keys, repeat each arguments)
    return try await send(batch)[0].orThrow(by: subject)
  }

  private func timeout(_ limit: TimeLimit) -> Duration? {
    switch limit {
    case .standard: commandTimeout
    case .limit(let limit): limit
    case .unlimited: nil
    }
  }

  private func start(_ exchange: Exchange, _ completion: @escaping Exchange.Completion) {
    guard exchange.wait(completion) else { return }
    guard !exchange.batch.isEmpty else { return exchange.settle(.success([])) }
    outbox.put(exchange)
  }
}

extension RedisReply {
  /// The reply itself, unless it is an error.
  package func orThrow(
    by subject: @autoclosure () -> String = "redis"
  ) throws(RedisError) -> RedisReply {
    guard case .error(let line) = self else { return self }
    throw .refusal(line, by: subject())
  }
}
