import CeleriacCore
import CeleriacRedis
import CeleriacWorker
import Logging
import TestSupport
import Testing

/// Workers of Celery's and of ours on one broker, where each can see what the other has on loan.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct VisibilityTests {
  private let started = Recorder<Int>()

  /// A worker of Celery's that restores whatever is on loan for longer than some seconds.
  private func celery(
    on server: RedisServer, after seconds: Int, queue: String = "celery"
  ) async throws -> PythonProcess {
    let settings = """
      {"broker_transport_options": {"visibility_timeout": \(seconds), \
      "unacked_restore_interval": 0.1, "unacked_restore_throttle": 1}}
      """
    let worker = try PythonProcess(
      "interop_worker.sh", ["-c", "1"],
      environment: [
        "CELERIAC_TEST_BROKER": server.url, "CELERIAC_TEST_QUEUE": queue,
        "CELERIAC_TEST_SETTINGS": settings,
      ])
    while try await worker.line() != "interop worker ready" {}
    return worker
  }

  private func withWorker<Value>(
    on server: RedisServer, timeout: Duration, _ body: (TaskQueue) async throws -> Value
  ) async throws -> Value {
    let queue = try TaskQueue.redis(server.url)
    let slow = TaskDefinition("swift.slow", labels: ["milliseconds"]) {
      [started] (milliseconds: Int) in
      started.add(milliseconds)
      try await Task.sleep(for: .milliseconds(milliseconds))
      return milliseconds
    }
    var configuration = WorkerConfiguration(concurrency: 4)
    configuration.visibility = .celery(timeout: timeout)
    var logger = Logger(label: "worker")
    logger.logLevel = .critical
    let worker = Worker(
      queue: queue, registry: try TaskRegistry([RegisteredTask(slow)]),
      configuration: configuration, logger: logger)
    let running = Task { try await worker.run() }
    defer { running.cancel() }
    let value = try await body(queue)
    running.cancel()
    _ = await running.result
    return value
  }

  @Test func `what a killed Swift worker had on loan is run by a Celery worker`() async throws {
    let server = try await RedisServer.start(.tcp)
    let queue = try TaskQueue.redis(server.url)
    let redis = RedisConnection(RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    let worker = try ChildProcess(
      "CLIFixture", ["worker", "--visibility", "celery:2s", "--prefetch", "0", "-c", "1"],
      environment: ["CELERIAC_BROKER_URL": server.url])
    let slow = RemoteTask<Double, Double>("fixture.slow")
    let result = try await queue.send(slow.s(60))
    #expect(
      try await eventually {
        try await redis.send(RedisCommand("HLEN", "unacked")).integer == 1
      })

    worker.kill()
    let heir = try await celery(on: server, after: 2)

    #expect(try await result.value(within: .seconds(30)) == -60, "what Python returns")
    #expect(
      try await eventually {
        try await redis.send(RedisCommand("EXISTS", "unacked", "unacked_index")).integer == 0
      })
    withExtendedLifetime(heir) {}
  }

  @Test func `a Swift worker's finished tasks leave nothing in Celery's books`() async throws {
    let server = try await RedisServer.start(.tcp)
    let redis = RedisConnection(RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    let client = try await CeleryClient(broker: server.url)
    try await withWorker(on: server, timeout: .seconds(3600)) { _ in
      var ids: [String] = []
      for number in 1...50 { ids.append(try await client.send("swift.slow", ["\(number % 3)"])) }
      for id in ids { #expect(try await client.get(id).ok != nil) }

      #expect(started.all.count == 50)
      #expect(
        try await eventually {
          try await redis.send(RedisCommand("EXISTS", "unacked", "unacked_index")).integer == 0
        })
    }
  }

  @Test func `a task longer than the visibility timeout runs once`() async throws {
    let server = try await RedisServer.start(.tcp)
    // It looks after what is on loan on the broker, and takes from a queue of its own.
    let neighbour = try await celery(on: server, after: 1, queue: "python")
    try await withWorker(on: server, timeout: .seconds(1)) { queue in
      let slow = RemoteTask<Int, Int>("swift.slow")

      let value = try await queue.send(slow.s(5000)).value(within: .seconds(20))

      #expect(value == 5000)
      #expect(started.all == [5000])
      #expect(try await queue.broker.length(of: .default) == 0)
    }
    withExtendedLifetime(neighbour) {}
  }
}
