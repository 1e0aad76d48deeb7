import CeleriacCore
import CeleriacRedis
import CeleriacWorker
import FoundationEssentials
import Logging

/// Runs a worker with the tasks that the Python client calls, as long as `body` takes.
func withSwiftWorker<Value>(
  on broker: String, _ body: () async throws -> Value
) async throws -> Value {
  let queue = try TaskQueue.redis(broker)
  var logger = Logger(label: "worker")
  logger.logLevel = .critical
  let worker = Worker(
    queue: queue, registry: try TaskRegistry(swiftTasks),
    configuration: WorkerConfiguration(concurrency: 4), logger: logger)
  let running = Task { try await worker.run() }
  defer { running.cancel() }
  let value = try await body()
  running.cancel()
  _ = await running.result
  return value
}

private struct Boom: Error, CustomStringConvertible {
  var description: String { "boom" }
}

private func echo<Value: Codable & Sendable>(
  _ name: String, _ type: Value.Type
) -> RegisteredTask {
  RegisteredTask(TaskDefinition("swift.\(name)", labels: ["value"]) { (value: Value) in value })
}

private let swiftTasks: [RegisteredTask] = [
  RegisteredTask(TaskDefinition("swift.add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y }),
  echo("int", Int128.self),
  echo("double", Double.self),
  echo("string", String.self),
  echo("bool", Bool.self),
  echo("date", Date.self),
  echo("uuid", UUID.self),
  echo("decimal", Decimal.self),
  echo("data", Data.self),
  echo("optional", Int?.self),
  echo("nested", [String: [[Int]]].self),
  RegisteredTask(
    TaskDefinition("swift.year", labels: ["value"]) { (value: Date) in
      Int(Timestamp(value).description.prefix(4)) ?? 0
    }),
  RegisteredTask(TaskDefinition("swift.fail") { () async throws -> Int in throw Boom() }),
  RegisteredTask(
    TaskDefinition(
      "swift.flaky", options: TaskOptions(retry: .fixed(attempts: 3, delay: .milliseconds(50)))
    ) { () async throws -> Int in
      guard let attempt = TaskContext.current?.attempt, attempt == 3 else { throw Boom() }
      return attempt
    }),
  RegisteredTask(
    TaskDefinition("swift.header") { () async throws -> String in
      TaskContext.current?.call.envelope.header("color") ?? "none"
    }),
  RegisteredTask(
    TaskDefinition("swift.patient", options: TaskOptions(timeLimit: .soft(.milliseconds(100)))) {
      () async throws -> Int in
      try await Task.sleep(for: .seconds(60))
      return 0
    }),
]
