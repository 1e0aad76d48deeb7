import CeleriacCore
import CeleriacRedis
import Hummingbird

/// Hands a long computation to the background and says where its result will be.
///
/// Redis is where `CELERIAC_BROKER_URL` says, on this machine otherwise; the port is `PORT`, or 8080.
///
///     curl -X POST localhost:8080/primes/20000000     {"id": "…", "state": "pending"}
///     curl localhost:8080/primes/result/ID            {"id": "…", "state": "success", "count": 1270607}
@main
enum Endpoint {
  /// The example's task: it runs in the workers of `task_manager`, which may as well be Python's.
  static let countPrimes = RemoteTask<Int, Int>("task_manager.countPrimes")

  static func main() async throws {
    let environment = Environment()
    let queue = try TaskQueue.redis(
      environment.get("CELERIAC_BROKER_URL") ?? "redis://localhost:6379/0")
    let port = environment.get("PORT", as: Int.self) ?? 8080

    let router = Router()
    router.post("primes/:limit") { _, context -> EditedResponse<Answer> in
      let limit = try context.parameters.require("limit", as: Int.self)
      let result = try await queue.send(countPrimes.s(limit))
      return EditedResponse(
        status: .accepted, response: Answer(id: result.id.rawValue, state: "pending"))
    }
    router.get("primes/result/:id") { _, context -> Answer in
      let id = try context.parameters.require("id")
      let result = TaskResult<Int>(id: TaskID(id), in: queue)
      let state = try await result.state
      return Answer(
        id: id, state: "\(state)",
        count: state == .success ? try await result.value(within: .seconds(1)) : nil,
        progress: try await result.progress(as: Progress.self))
    }
    let application = Application(
      router: router, configuration: .init(address: .hostname("127.0.0.1", port: port)))
    try await application.runService()
  }
}

/// What the server says of a computation.
struct Answer: ResponseEncodable {
  let id: String
  let state: String
  var count: Int?
  var progress: Progress?
}

/// How far a computation is.
struct Progress: Codable, Sendable {
  let current: Int
  let total: Int
}
