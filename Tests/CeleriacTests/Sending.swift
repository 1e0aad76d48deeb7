import Celeriac
@testable import CeleriacCore
import Logging
import Testing

/// A call as a worker gets it: sent, taken from a broker and read again.
struct SentCall {
  let call: TaskCall

  /// The call that `send` puts into a queue.
  init(
    to queue: QueueName = .default, _ send: @Sendable () async throws -> Void
  ) async throws {
    let broker = MemoryBroker()
    try await withTaskQueue(TaskQueue(broker: broker, results: broker)) { try await send() }
    let bytes = try #require(broker.waiting(in: queue).first)
    call = try TaskCall(message: bytes)
  }

  /// The positional arguments, as JSON.
  var args: String { String(decoding: call.body.argsText, as: UTF8.self) }

  /// The keyword arguments, as JSON.
  var kwargs: String { String(decoding: call.body.kwargsText, as: UTF8.self) }

  /// Runs the task as a worker would, and gives the JSON text of what it returns.
  func run() async throws -> String {
    let task = try #require(RegisteredTask.discovered().first { $0.name == call.task })
    let result = try await task.run(TaskContext(running: call), call.arguments)
    return String(decoding: result, as: UTF8.self)
  }
}

extension TaskContext {
  /// A context without time limit whose progress goes nowhere.
  init(running call: TaskCall) {
    self.init(call: call, logger: Logger(label: "tests"), deadline: nil) { _, _, _ in }
  }
}
