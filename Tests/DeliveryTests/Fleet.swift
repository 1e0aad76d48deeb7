import CeleriacCore
import CeleriacRedis
import Glibc
import TestSupport

/// Workers that are started again whenever they end, as a supervisor does it.
struct Fleet {
  let server: RedisServer
  let queue: TaskQueue
  let connection: RedisConnection
  /// The workers' options beside those of every test.
  let options: [String]
  /// Whether a new worker is told whose place it takes.
  let isSupervised: Bool

  init(
    on server: RedisServer, supervised isSupervised: Bool = true, options: [String] = []
  ) throws {
    self.server = server
    self.isSupervised = isSupervised
    self.options = options
    queue = try TaskQueue.redis(server.url)
    connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
  }

  /// Starts a worker: the `life`th in a place.
  func worker(_ place: Int = 1, life: Int = 1) throws -> ChildProcess {
    var environment = ["CELERIAC_BROKER_URL": server.url]
    if isSupervised {
      environment["SUPERVISE_ID"] = "worker.\(place).\(life)"
      if life > 1 { environment["SUPERVISE_PREDECESSOR"] = "worker.\(place).\(life - 1)" }
    }
    return try ChildProcess(
      "CLIFixture",
      ["worker", "--lease", "3s", "--hostname", "w\(place)", "--concurrency", "4"] + options,
      environment: environment)
  }

  /// Keeps workers running until a condition holds, and returns how many have crashed.
  func run(
    _ count: Int = 1, within limit: Duration = .seconds(60),
    until isDone: () async throws -> Bool
  ) async throws -> Int {
    var lives = Array(repeating: 1, count: count)
    var workers = try (1...count).map { try worker($0) }
    var crashes = 0
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline, try await !isDone() {
      for index in workers.indices where workers[index].hasEnded {
        crashes += 1
        lives[index] += 1
        workers[index] = try worker(index + 1, life: lives[index])
      }
      try await Task.sleep(for: .milliseconds(20))
    }
    for worker in workers { worker.end(SIGTERM) }
    return crashes
  }

  /// How many of the calls have ended in this state.
  func count(_ state: TaskState, of ids: [TaskID]) async throws -> Int {
    var count = 0
    for id in ids where try await queue.results.read(id)?.state == state { count += 1 }
    return count
  }

  func deadLetters() async throws -> [DeadLetter] {
    try await DeadLetters(over: connection).page(upTo: 1000)
  }

  /// The keys that hold messages.
  func leftovers() async throws -> [String] {
    let keys = try await connection.send(RedisCommand("KEYS", "*")).array?.compactMap(\.text) ?? []
    return keys.filter { key in
      ["celeriac:loan:", "celeriac:scheduled:", "celeriac:suspects:"].contains { key.hasPrefix($0) }
        || key.hasPrefix("celery") && !key.hasPrefix("celery-task-meta")
    }
  }
}
