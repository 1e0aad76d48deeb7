import Foundation
import Testing

/// A real Celery client, driven line by line.
struct CeleryClient {
  private let process: PythonProcess

  init(broker: String) async throws {
    process = try PythonProcess(
      "interop_client.py", environment: ["CELERIAC_TEST_BROKER": broker])
    #expect(try await process.line().contains("ready"))
  }

  /// What the client says of a request.
  struct Reply: Decodable {
    struct Success: Decodable {
      let id: String?
      let type: String?
      let repr: String?
      let state: String?
      let matches: Bool?
    }

    struct Failure: Decodable {
      let type: String
      let module: String
      let args: [String]
      let traceback: String?
    }

    let ok: Success?
    let error: Failure?
  }

  /// Calls a task and waits for its result; `arguments` and `expected` are Python expressions.
  func call(
    _ task: String, _ arguments: [String] = [], kwargs: [String: String] = [:],
    options: [String: Any] = [:], expecting expected: String? = nil
  ) async throws -> Reply {
    var request = request("call", task, arguments, kwargs, options)
    request["timeout"] = 20
    if let expected { request["expect_py"] = expected }
    return try await ask(request)
  }

  /// Sends a call and returns its id.
  func send(
    _ task: String, _ arguments: [String] = [], options: [String: Any] = [:]
  ) async throws -> String {
    try #require(try await ask(request("send", task, arguments, [:], options)).ok?.id)
  }

  /// Waits for the result of a call.
  func get(_ id: String, timeout: Int = 20) async throws -> Reply {
    try await ask(["op": "get", "id": id, "timeout": timeout])
  }

  /// The state of a call.
  func state(_ id: String) async throws -> String? {
    try await ask(["op": "state", "id": id]).ok?.state
  }

  private func request(
    _ operation: String, _ task: String, _ arguments: [String], _ kwargs: [String: String],
    _ options: [String: Any]
  ) -> [String: Any] {
    [
      "op": operation, "task": task, "args": arguments.map { ["py": $0] },
      "kwargs": kwargs.mapValues { ["py": $0] }, "options": options,
    ]
  }

  private func ask(_ request: [String: Any]) async throws -> Reply {
    let line = String(
      decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
    let reply = try await process.ask(line)
    return try JSONDecoder().decode(Reply.self, from: Data(reply.utf8))
  }
}
