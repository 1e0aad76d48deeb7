import CeleriacCore
import CeleriacRedis
import Glibc
import Synchronization
import TestSupport

/// A Redis, a proxy before it, worker processes behind that, and a file in which these write what
/// they run.
final class World: Sendable {
  let server: RedisServer
  let proxy: Proxy
  /// Not through the proxy.
  let queue: TaskQueue
  let redis: PlainRedis
  let ledger = Ledger()
  private let logPath: String
  // Their logs would be the longest part of the tests' output.
  private static let logLevel = getenv("WORKER_LOG_LEVEL").map { String(cString: $0) } ?? "critical"
  private static let lease = Duration.seconds(3)
  private let processes = Mutex<[(name: String, child: ChildProcess)]>([])
  private let names = Atomic(0)
  private let killed = Mutex<Set<pid_t>>([])

  init(
    _ transport: RedisServer.Transport = .unix, options: [String] = [], under words: [String] = []
  ) async throws {
    server = try await RedisServer.start(transport, options: options, under: words)
    proxy = try Proxy(to: server.socketPath)
    queue = try TaskQueue.redis(server.url)
    redis = try PlainRedis(server.url)
    logPath = "/tmp/runs-\(getpid())-\(UInt32.random(in: 0 ... .max))"
  }

  deinit {
    unlink(logPath)
  }

  /// The runs so far.
  var runs: [RunRecord] { RunRecord.all(in: logPath) }

  /// The processes that were killed.
  var dead: Set<pid_t> { killed.withLock { $0 } }

  /// Starts a worker.
  @discardableResult
  func work(
    concurrency: Int = 1, prefetch: Int = 4, url: String? = nil, predecessor: String? = nil,
    options: [String] = [], under words: [String] = []
  ) throws -> ChildProcess {
    let name = newName()
    return try start(
      name,
      [
        "worker", "--lease", "\(Self.lease.components.seconds)s", "--hostname", name,
        "--concurrency", "\(concurrency)", "--prefetch", "\(prefetch)", "--queues", "celery",
        "--stop-timeout", "20s",
      ] + options, url: url, predecessor: predecessor, under: words)
  }

  /// Starts a beat.
  @discardableResult
  func beat() throws -> ChildProcess {
    try start(newName(), ["beat"])
  }

  /// Starts a worker of Celery's, which does not use the proxy.
  ///
  /// It acknowledges late, takes one message at a time, and restores what anybody has had on loan for
  /// longer than `visibility`.
  @discardableResult
  func workInPython(visibility: Duration) throws -> ChildProcess {
    let name = newName()
    let settings = """
      {"task_acks_late": true, "worker_prefetch_multiplier": 1, "broker_transport_options": \
      {"visibility_timeout": \(visibility.components.seconds), "unacked_restore_interval": 0.1, \
      "unacked_restore_throttle": 1}}
      """
    let worker = try ChildProcess(
      Self.pythonWorker, ["--pool", "solo", "--hostname", "\(name)@python"],
      environment: [
        "CELERIAC_TEST_BROKER": server.url, "CELERIAC_TEST_SETTINGS": settings, "RUN_LOG": logPath,
      ])
    processes.withLock { $0.append((name, worker)) }
    return worker
  }

  private static let pythonWorker =
    #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
    + "/InteropTests/python/interop_worker.sh"

  /// By which name a successor knows a process.
  func name(of process: ChildProcess) -> String? {
    processes.withLock { $0.first { $0.child === process }?.name }
  }

  private func newName() -> String { "w\(names.add(1, ordering: .relaxed).newValue)" }

  private func start(
    _ name: String, _ arguments: [String], url: String? = nil, predecessor: String? = nil,
    under words: [String] = []
  ) throws -> ChildProcess {
    var environment = [
      "CELERIAC_BROKER_URL": url ?? proxy.url, "RUN_LOG": logPath, "SUPERVISE_ID": name,
      "CELERIAC_LOG_LEVEL": Self.logLevel,
    ]
    environment["SUPERVISE_PREDECESSOR"] = predecessor
    let child = try ChildProcess(
      "CLIFixture", arguments, environment: environment, under: words)
    processes.withLock { $0.append((name, child)) }
    return child
  }

  /// Kills the process of a connection and lets another take its place.
  ///
  /// The process may be one that somebody waits for, so it is not reaped here.
  func replace(_ pid: pid_t) {
    end(pid)
    _ = try? work()
  }

  /// Kills a process and returns when it runs no more.
  func end(_ pid: pid_t) {
    excuse(pid)
    kill(pid, SIGKILL)
    while let state = state(of: pid), !"ZX".contains(state) { usleep(200) }
  }

  /// Halts a process and returns when it stands still.
  func halt(_ pid: pid_t) {
    kill(pid, SIGSTOP)
    while let state = state(of: pid), state != "T" { usleep(200) }
  }

  /// Notes that what a process runs may run again elsewhere: it is dead, or as good as that.
  func excuse(_ pid: pid_t) {
    killed.withLock { _ = $0.insert(pid) }
  }

  /// What the kernel says of a process; nil when there is none.
  private func state(of pid: pid_t) -> Character? {
    guard let file = fopen("/proc/\(pid)/stat", "r") else { return nil }
    defer { fclose(file) }
    var buffer = [CChar](repeating: 0, count: 512)
    let count = fread(&buffer, 1, buffer.count - 1, file)
    let text = String(decoding: buffer[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    return text.drop { $0 != ")" }.dropFirst(2).first
  }

  /// Ends all processes as a user does.
  func stop() async throws {
    let children = processes.withLock { processes in
      defer { processes = [] }
      return processes.map(\.child)
    }
    for child in children { child.signal(SIGTERM) }
    try await onOwnThread { for child in children { child.end(SIGTERM) } }
  }

  /// Sends calls, not through the proxy, and notes that they were accepted.
  func send(_ calls: [Call]) async throws {
    for start in stride(from: 0, to: calls.count, by: 1000) {
      let part = calls[start..<min(start + 1000, calls.count)]
      try await queue.send(part.map(\.signature))
      ledger.accept(part)
    }
  }

  /// Sends calls to a Redis that may be away: where that fails, nobody knows what was accepted.
  func offer(_ calls: [Call]) async {
    do {
      try await queue.send(calls.map(\.signature))
      ledger.accept(calls)
    } catch {
      ledger.accept(
        calls.map { call in
          var call = call
          call.acceptance = .unknown
          return call
        })
    }
  }
}
