import CeleriacCore
import CeleriacRedis
import Foundation
import Synchronization
import TestSupport
import Testing

/// Reload after reload, while tasks come in without end.
///
/// `RELOADS=200` for a long run.
@Suite(.timeLimit(.minutes(10)))
struct StreamTests {
  private static let reloads =
    ProcessInfo.processInfo.environment["RELOADS"].flatMap(Int.init) ?? 40

  @Test func `no task is lost or run twice, and there is always somebody to run it`() async throws {
    let server = try await RedisServer.start()
    let sender = try Sender(to: server.url)
    let sending = Task { try await sender.run() }

    let log = try await onOwnThread {
      try Self.reload(Self.reloads, broker: server.url, sender)
    }
    let count = try await sending.value
    server.stop()

    let numbers = Array(0..<count)
    #expect(log.numbers(after: "begin ").sorted() == numbers)
    #expect(log.numbers(after: "end ").sorted() == numbers)
    #expect(log.fewestReady == 2)
    let gap = log.longestGap(between: "begin ")
    print("figure: \(Self.reloads) reloads, \(count) tasks, longest time without a begin \(gap)")
  }

  /// Two workers, each replaced so many times by another version; all that was said.
  private static func reload(
    _ count: Int, broker: String, _ sender: Sender
  ) throws -> StreamLog {
    let run = try Supervised(
      ["Procfile": "#: ready=fd\nworker: bin/app worker -c 8"],
      environment: ["CELERIAC_BROKER_URL": broker])
    var log = StreamLog()
    let version = try Versions(in: run.folder)
    try version.deploy(0)
    try run.start("dev", "--no-build", "--watch", "bin/app", "-c", "worker=2")
    try log.read(run, until: "is ready")
    try log.read(run, until: "is ready")
    for number in 1...count {
      let next = ContinuousClock.now + .milliseconds(1050)
      try version.deploy(number)
      let report = try log.read(run, until: "reload #")
      #expect(report.has("reload #\(number): app changed, worker 2/2 in"), "\(report)")
      // A file may change once a second and no faster.
      while ContinuousClock.now < next { usleep(10_000) }
    }
    let sent = sender.finish()
    while log.ended < sent { try log.read(run, until: "end ") }
    run.signal(SIGINT)
    #expect(try run.end(within: .seconds(30)) == 0)
    #expect(run.survivorsAfterWaiting() == [])
    return log
  }
}

/// Sends a task every 5 ms, most of them short, some as long as a reload.
private final class Sender: Sendable {
  private let queue: TaskQueue
  private let isOver = Atomic(false)
  private let sent = Atomic(-1)
  private let work = RemoteTask<Int, Double, Int>("stream.work")

  init(to url: String) throws { queue = try TaskQueue.redis(url) }

  /// Sends no more, and says how many were sent.
  func finish() -> Int {
    isOver.store(true, ordering: .releasing)
    while sent.load(ordering: .acquiring) < 0 { usleep(1000) }
    return sent.load(ordering: .acquiring)
  }

  /// Sends until the end, and says how many were sent.
  func run() async throws -> Int {
    var count = 0
    while !isOver.load(ordering: .acquiring) {
      try await queue.send([work.s(count, count % 40 == 0 ? 0.4 : 0.005)])
      count += 1
      try await Task.sleep(for: .milliseconds(5))
    }
    sent.store(count, ordering: .releasing)
    return count
  }
}

/// Two executables that differ, brought as a deployment brings them.
private struct Versions {
  private let folder: String

  init(in folder: String) throws {
    self.folder = folder
    let built = Bundle.main.executableURL?.deletingLastPathComponent().path ?? "."
    try Self.run(
      """
      mkdir -p bin && cp '\(built)/StreamWorker' bin/even && cp bin/even bin/odd && echo >>bin/odd
      """, in: folder)
  }

  func deploy(_ number: Int) throws {
    let version = number % 2 == 0 ? "even" : "odd"
    try Self.run("cp bin/\(version) bin/new && mv bin/new bin/app", in: folder)
  }

  private static func run(_ line: String, in folder: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", line]
    process.currentDirectoryURL = URL(filePath: folder)
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(line)")
  }
}

/// Every line that was shown.
private struct StreamLog: Sendable {
  private var lines: [String] = []
  private(set) var ended = 0

  /// Reads up to a line with this text, and returns it.
  @discardableResult
  mutating func read(_ run: Supervised, until text: String) throws -> String {
    let limit = ContinuousClock.now + .seconds(60)
    while ContinuousClock.now < limit {
      let line = try run.expect("")
      lines.append(line)
      if line.has("| end ") { ended += 1 }
      if line.has(text) { return line }
    }
    try #require(Bool(false), "no line with '\(text)'")
    return ""
  }

  func numbers(after word: String) -> [Int] {
    lines.compactMap { $0.number(after: word).map(Int.init) }
  }

  /// How many were ready at least and had not been told to stop, once both were.
  ///
  /// `supervise` tells of the one before it sends the signal that makes the worker tell of the
  /// other, so that the order of the lines is the order of things.
  var fewestReady: Int {
    var ready = 0
    var fewest = Int.max
    for line in lines {
      if line.has("is ready after") { ready += 1 }
      if line.has("stopping  ") { ready -= 1 }
      if ready >= 2 || fewest < .max { fewest = min(fewest, ready) }
    }
    return fewest
  }

  /// The longest time between two lines with this text, by the times that stand before them.
  func longestGap(between text: String) -> Duration {
    let times = lines.filter { $0.has(text) }.compactMap(Self.milliseconds)
    let gaps = zip(times, times.dropFirst()).map { ($1 - $0 + 86_400_000) % 86_400_000 }
    return .milliseconds(gaps.max() ?? 0)
  }

  /// Of `12:03:07.123`, since midnight.
  private static func milliseconds(_ line: String) -> Int? {
    let parts = line.prefix(12).split { $0 == ":" || $0 == "." }.compactMap { Int($0) }
    guard parts.count == 4 else { return nil }
    return ((parts[0] * 60 + parts[1]) * 60 + parts[2]) * 1000 + parts[3]
  }
}
