/// Why a command got no useful reply, or a connection could not be made.
public struct RedisError: Error, Equatable {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Hashable {
    /// The URL does not name a Redis server.
    ///
    /// The detail shows what a right one looks like.
    public static let invalidURL = Code("invalid url")

    /// The URL asks for TLS, which hiredis 0.14 does not have.
    ///
    /// Use a tunnel, or `redis://` on a trusted network.
    public static let noTLS = Code("no tls")

    /// The server refused the password, the user, or the database number.
    ///
    /// Correct the URL; nothing is retried.
    public static let refused = Code("refused")

    /// The connection broke before the reply came.
    ///
    /// ``RedisError/effect`` says whether the command may have run.
    public static let connectionLost = Code("connection lost")

    /// The reply did not come in time.
    ///
    /// ``RedisError/effect`` says whether the command may have run.
    public static let timedOut = Code("timed out")

    /// The waiting task was cancelled.
    ///
    /// A command that was already written still runs.
    public static let cancelled = Code("cancelled")

    /// The connection was closed by this process.
    ///
    /// Nothing to do: it happens while a program stops.
    public static let closed = Code("closed")

    /// The server loads its data, is a replica, or has lost its primary.
    ///
    /// Commands wait for it by themselves until their timeout.
    public static let notReady = Code("not ready")

    /// The server has reached its memory limit and accepts no writes.
    ///
    /// Raise `maxmemory`, or let the queues drain.
    public static let outOfMemory = Code("out of memory")

    /// The server answered a command with an error.
    ///
    /// The detail is the server's own line.
    public static let errorReply = Code("error reply")

    /// The reply has a shape that the command never gives.
    ///
    /// Another program may use the same keys, or the server is no Redis.
    public static let unexpectedReply = Code("unexpected reply")

    /// The operating system refused a thread or a descriptor.
    ///
    /// Raise the process's limits.
    public static let noResources = Code("no resources")

    let text: String
    private init(_ text: String) { self.text = text }
  }

  /// What may have happened on the server.
  public enum Effect: Sendable, Hashable {
    /// The command has not run; sending it again is safe.
    case none
    /// The command was written and its reply never seen: it may have run.
    case unknown
  }

  /// What went wrong.
  public let code: Code
  /// The server, as its URL without the password.
  public let subject: String
  /// One line for a person.
  public let detail: String
  /// Whether the command may have run.
  public let effect: Effect

  init(_ code: Code, _ subject: String, _ detail: String, effect: Effect = .none) {
    self.code = code
    self.subject = subject
    self.detail = detail
    self.effect = effect
  }

  /// The same failure, seen by a command that may have run.
  func leaving(_ effect: Effect) -> RedisError {
    RedisError(code, subject, detail, effect: effect)
  }
}

extension RedisError.Code: CustomStringConvertible {
  /// The code in words.
  public var description: String { text }
}

extension RedisError: CustomStringConvertible {
  /// One line: the server, what went wrong, and what is known of the effect.
  public var description: String {
    switch effect {
    case .none: "\(subject): \(code): \(detail)"
    case .unknown: "\(subject): \(code): \(detail) (the command may have run)"
    }
  }
}
