internal import Foundation
internal import Glibc

/// A private redis-server for one test, with its data in a folder of its own.
///
/// It writes every change to its append-only file before it replies, so that nothing is lost by
/// `kill()`. It goes when this value goes, and when the test process dies.
public final class RedisServer: Sendable {
  /// How clients reach the server.
  public enum Transport: Sendable {
    /// A socket file in the folder of the data.
    case unix
    /// A free port on the loopback address.
    case tcp
  }

  /// Why a server could not be had.
  public struct Failure: Error, CustomStringConvertible {
    /// One line.
    public let description: String
  }

  /// The URL of database 0, with the password if there is one.
  public let url: String
  /// The socket file, also there when clients are to use TCP.
  public let socketPath: String
  /// The port, for servers on TCP.
  public let port: Int?
  private let folder: String
  private let wrapper: [String]
  private let arguments: [String]
  private let password: String?
  private let child = LockedChild()

  /// Starts a server and waits until it answers.
  ///
  /// - Parameters:
  ///   - transport: how the `url` reaches it.
  ///   - password: what the default user must give.
  ///   - users: lines of an access control list, `worker on >secret ~* &* +@all` for one.
  ///   - options: further options, `--maxmemory`, `64mb` for two.
  ///   - wrapper: a command that the server is started by, `env NAME=value` for one.
  /// - Returns: a server that answers.
  /// - Throws: ``Failure`` with the end of the server's log.
  public static func start(
    _ transport: Transport = .unix, password: String? = nil, users: [String] = [],
    options: [String] = [], under wrapper: [String] = []
  ) async throws -> RedisServer {
    let server = try RedisServer(
      transport, password: password, users: users, options: options, under: wrapper)
    try await server.restart()
    return server
  }

  private init(
    _ transport: Transport, password: String?, users: [String], options: [String],
    under wrapper: [String]
  ) throws {
    self.wrapper = wrapper
    folder = NSTemporaryDirectory() + "redis-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    socketPath = folder + "/s"
    self.password = password
    port =
      switch transport {
      case .unix: nil
      case .tcp: try FreePort.find()
      }
    let credentials = password.map { ":\($0)@" } ?? ""
    url =
      port.map { "redis://\(credentials)127.0.0.1:\($0)/0" }
      ?? "unix://\(credentials)\(folder)/s?db=0"
    var arguments = [
      "redis-server", "--port", "\(port ?? 0)", "--bind", "127.0.0.1", "--unixsocket", socketPath,
      "--dir", folder, "--save", "", "--appendonly", "yes", "--appendfsync", "no",
      "--enable-debug-command", "local", "--logfile", folder + "/log",
    ]
    if let password { arguments += ["--requirepass", password] }
    for user in users {
      arguments.append("--user")
      arguments += user.split(separator: " ").map(String.init)
    }
    self.arguments = arguments + options
  }

  deinit {
    child.end(SIGKILL)
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// The process, while it runs.
  public var pid: Int32? { child.pid }

  /// The URL of another database, or for another user.
  public func url(
    database: Int = 0, user: String? = nil, password: String? = nil
  ) -> String {
    let credentials = (password ?? self.password).map { "\(user ?? ""):\($0)@" } ?? ""
    return port.map { "redis://\(credentials)127.0.0.1:\($0)/\(database)" }
      ?? "unix://\(credentials)\(socketPath)?db=\(database)"
  }

  /// Starts the server again, on the same data, and waits until it answers.
  public func restart() async throws {
    try launch()
    try await waitUntilReady()
  }

  /// Starts the server again, on the same data, and returns at once.
  public func launch() throws {
    unlink(socketPath)
    try child.start(wrapper + arguments)
  }

  /// Waits until the server answers; ten seconds at most.
  public func waitUntilReady() async throws {
    let deadline = ContinuousClock.now + .seconds(10)
    while ContinuousClock.now < deadline {
      if RawRedis.answers(socketPath, password: password) { return }
      try await Task.sleep(for: .milliseconds(10))
    }
    let log = (try? String(contentsOfFile: folder + "/log", encoding: .utf8)) ?? ""
    throw Failure(description: "redis-server does not answer: \(log.suffix(2000))")
  }

  /// Ends the server as an operator does.
  public func stop() { child.end(SIGTERM) }

  /// Ends the server as a power cut does.
  public func kill() { child.end(SIGKILL) }

  /// Takes all data away from a server that has ended.
  public func loseData() {
    try? FileManager.default.removeItem(atPath: folder + "/appendonlydir")
  }

  /// Halts the server until `resume()`.
  public func pause() { child.signal(SIGSTOP) }

  /// Lets a halted server go on.
  public func resume() { child.signal(SIGCONT) }
}
