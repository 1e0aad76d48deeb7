import CeleriacCore
import Dispatch
import Glibc

/// Tasks that write the start and the end of each run into a file, beside all that Redis knows.
///
/// They are there when `RUN_LOG` names that file. A line is one write to its end, so that the lines
/// of many processes do not mix: `S` for a start, `E` for an end, `X` for a cancelled run; id,
/// attempt, process and microseconds since 1970.
enum RecordedTasks {
  static var all: [any TaskHandle] {
    guard let log = RunLog.shared else { return [] }
    return [
      TaskDefinition("recorded.run", labels: ["milliseconds"]) { (milliseconds: Int) in
        try await log.record { try await Task.sleep(for: .milliseconds(milliseconds)) }
        return milliseconds
      },
      TaskDefinition("recorded.fail") { () async throws -> Int in
        try await log.record { throw Failure(reason: "on purpose") }
        return 0
      },
      TaskDefinition(
        "recorded.retry",
        options: TaskOptions(retry: .fixed(attempts: 3, delay: .milliseconds(50)))
      ) { () async throws -> Int in
        let attempt = TaskContext.current?.attempt ?? 0
        try await log.record { if attempt < 3 { throw Failure(reason: "not yet") } }
        return attempt
      },
      TaskDefinition("recorded.reject") { () async throws -> Int in
        try await log.record { throw Reject("on purpose") }
        return 0
      },
      TaskDefinition(
        "recorded.early", labels: ["milliseconds"], options: TaskOptions(acknowledge: .early)
      ) { (milliseconds: Int) in
        try await log.record { try await Task.sleep(for: .milliseconds(milliseconds)) }
        return milliseconds
      },
      TaskDefinition("recorded.burn", labels: ["seconds"]) { (seconds: Double) in
        try await log.record { await burn(seconds) }
        return seconds
      },
    ]
  }

  // Every thread that runs Swift tasks, and twice as many beside them, in a loop.
  private static func burn(_ seconds: Double) async {
    let end = ContinuousClock.now + .seconds(seconds)
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    for index in 0..<2 * cores {
      DispatchQueue(label: "burn \(index)").async { while ContinuousClock.now < end {} }
    }
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<2 * cores {
        group.addTask { while ContinuousClock.now < end {} }
      }
    }
  }
}

/// The file of the runs.
struct RunLog: Sendable {
  static let shared = RunLog()

  private let file: Int32

  private init?() {
    guard let path = getenv("RUN_LOG") else { return nil }
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    guard file >= 0 else { return nil }
  }

  /// Runs a body between two lines.
  func record(_ body: () async throws -> Void) async throws {
    write("S")
    do {
      try await body()
    } catch is CancellationError {
      write("X")
      throw CancellationError()
    } catch {
      write("E")
      throw error
    }
    write("E")
  }

  private func write(_ kind: String) {
    guard let context = TaskContext.current else { return }
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let microseconds = now.tv_sec * 1_000_000 + now.tv_nsec / 1000
    let line = "\(kind) \(context.id) \(context.attempt) \(getpid()) \(microseconds)\n"
    _ = line.withCString { Glibc.write(file, $0, strlen($0)) }
  }
}
