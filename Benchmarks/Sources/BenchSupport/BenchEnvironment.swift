import Glibc

public import CeleriacCore
import CeleriacRedis

/// What the harness tells its programs, in environment variables.
public struct BenchEnvironment: Sendable {
  /// The port of a Redis on this machine that may be emptied (`BENCH_PORT`).
  public let port: Int

  /// A file that grows by one byte for each task that has run (`BENCH_PROGRESS`).
  public let progressPath: String

  /// A named pipe for stamps, one a line (`BENCH_FIFO`).
  public let stampPath: String

  /// Whether results are stored (`BENCH_RESULTS=1`).
  public let keepsResults: Bool

  /// Whether the worker also fires `tick` every second (`BENCH_BEAT=1`).
  public let runsBeat: Bool

  /// Reads the environment of this process.
  public init() {
    port = Self.value("BENCH_PORT").flatMap { Int($0) } ?? 6379
    progressPath = Self.value("BENCH_PROGRESS") ?? "/dev/null"
    stampPath = Self.value("BENCH_FIFO") ?? "/dev/null"
    keepsResults = Self.value("BENCH_RESULTS") == "1"
    runsBeat = Self.value("BENCH_BEAT") == "1"
  }

  /// Broker and results on the harness' Redis.
  ///
  /// - Throws: `RedisError` when there is no thread for the connections.
  public func taskQueue() throws -> TaskQueue {
    try .redis(try RedisURL("redis://127.0.0.1:\(port)/0"))
  }

  private static func value(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }
}

/// The time of day in nanoseconds, as all programs of the harness stamp it.
public func stampNow() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
