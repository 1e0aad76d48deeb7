import CeleriacCore
import CeleriacRedis
import Logging
import ServiceLifecycle

/// Knocks at a Redis before anything is asked of it, so that a server that is not there is a sentence
/// within two seconds and not a command that times out.
struct RedisDoor {
  let url: RedisURL
  /// What the program is called, for the hint.
  let program: String
  /// Where a user says which Redis it is.
  var setting = "--broker or CELERIAC_BROKER_URL"

  /// A connection that serves commands.
  ///
  /// - Throws: ``CommandFailure`` that says what was tried and what to do.
  func open() async throws -> RedisConnection {
    let (connection, events) = try connect()
    for await event in events {
      switch event {
      case .connected: return connection
      case .lost(let error), .gaveUp(let error): throw failure(error)
      }
    }
    throw CancellationError()
  }

  /// Waits for the server as long as it takes, and says so once.
  ///
  /// - Returns: Whether it is there; not when the service is told to stop meanwhile.
  /// - Throws: ``CommandFailure`` when the server refuses this client.
  func wait(_ logger: Logger) async throws -> Bool {
    let (connection, events) = try connect()
    defer { connection.close() }
    return try await cancelWhenGracefulShutdown {
      var isLate = false
      for await event in events {
        switch event {
        case .connected:
          if isLate { logger.notice("broker reached") }
          return true
        case .lost(let error):
          isLate = true
          let reason = BrokerError(error).detail
          logger.error("broker unreachable; waiting for it", metadata: ["reason": "\(reason)"])
        case .gaveUp(let error): throw failure(error)
        }
      }
      return false
    }
  }

  private func connect() throws -> (RedisConnection, AsyncStream<RedisConnectionEvent>) {
    let (events, continuation) = AsyncStream.makeStream(of: RedisConnectionEvent.self)
    let connection = RedisConnection(RedisConfiguration(url), on: try IOThread()) { event in
      continuation.yield(event)
    }
    return (connection, events)
  }

  private func failure(_ error: RedisError) -> CommandFailure {
    if let explanation = error.explanation {
      return CommandFailure(.unreachable, "Redis at \(url): \(explanation)")
    }
    let advice =
      error.code == .refused
      ? "correct user, password or database in \(setting)"
      : "start it (redis-server), or say where it is with \(setting); "
        + "'\(program) doctor' looks closer"
    return CommandFailure(.unreachable, "can't reach Redis at \(url): \(error.detail); \(advice)")
  }
}
