internal import Glibc

/// A process that a test started; it never outlives the test.
public final class ChildProcess: Sendable {
  private let child = LockedChild()

  /// Starts an executable; it says nothing to anybody.
  ///
  /// - Parameters:
  ///   - product: The name of one that the build has put beside the tests, or a path.
  ///   - arguments: Its command line.
  ///   - environment: Variables beside the inherited ones.
  ///   - wrapper: A command that the executable is started by, `ip netns exec name` for one.
  /// - Throws: ``RedisServer/Failure`` when the system starts no process.
  public init(
    _ product: String, _ arguments: [String], environment: [String: String] = [:],
    under wrapper: [String] = []
  ) throws {
    let variables = environment.map { "\($0.key)=\($0.value)" }
    let program = product.contains("/") ? product : Self.folder + "/" + product
    try child.start(wrapper + ["env"] + variables + [program] + arguments)
  }

  deinit {
    child.end(SIGKILL)
  }

  /// Whether the process runs no more.
  public var hasEnded: Bool { child.hasEnded }

  /// The process, while it runs.
  public var pid: Int32? { child.pid }

  /// Sends a signal.
  public func signal(_ signal: Int32) { child.signal(signal) }

  /// Sends a signal and waits for the end.
  public func end(_ signal: Int32) { child.end(signal) }

  /// Ends the process as a crash does.
  public func kill() { child.end(SIGKILL) }

  private static let folder: String = {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = buffer.withUnsafeMutableBytes { bytes in
      bytes.assumingMemoryBound(to: CChar.self).baseAddress.map {
        readlink("/proc/self/exe", $0, bytes.count)
      } ?? 0
    }
    let own = String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    return own.split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
  }()
}
