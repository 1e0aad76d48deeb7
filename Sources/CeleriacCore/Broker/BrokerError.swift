/// Why a broker or a result store did not do what it was asked for.
public struct BrokerError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Equatable, CustomStringConvertible {
    /// There is no connection, or it broke; whether the request was carried out is unknown.
    ///
    /// Check that Redis runs where the URL says: `doctor` tells.
    public static let unreachable = Code("unreachable")

    /// No answer came in time; whether the request was carried out is unknown.
    public static let timedOut = Code("timed out")

    /// The server is there and can't do it now: it loads its data, is a replica, or can't save.
    ///
    /// The detail says which; nothing was carried out.
    public static let notReady = Code("not ready")

    /// The server answered with an error, such as a wrong password.
    public static let refused = Code("refused")

    /// The server has reached its memory limit and takes nothing more.
    ///
    /// Raise `maxmemory`, or let the queues drain.
    public static let outOfMemory = Code("out of memory")

    /// No queue is set up for this code to send to.
    ///
    /// Call `TaskQueue.bootstrap(_:)` once at start, or wrap the code in `withTaskQueue(_:)`.
    public static let noQueue = Code("no queue")

    /// The broker has been closed.
    public static let closed = Code("closed")

    /// The code in words.
    public let description: String

    private init(_ text: String) { description = text }
  }

  /// What went wrong.
  public let code: Code

  /// One line for a person: which server, and what it said.
  public let detail: String

  /// Describes a refusal; brokers make these.
  public init(_ code: Code, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// The code and the detail in one line.
  public var description: String { "broker \(code): \(detail)" }
}
