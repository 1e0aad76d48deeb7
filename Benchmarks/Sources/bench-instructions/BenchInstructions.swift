import CeleriacCore

/// Does one thing many times, to be counted by callgrind: `bench-instructions OPERATION N`.
///
/// The difference between two runs of different length is the cost of the operation alone, for what
/// starting up takes is in both.
@main
enum BenchInstructions {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, let operation = arguments.first, let count = Int(arguments[2])
    else { throw UsageError.notOperationAndNumber }

    switch operation {
    case "parse": try parse(count)
    case "arguments": try readArguments(count)
    case "send": try await send(count, inPortionsOf: 1)
    case "bulk": try await send(count, inPortionsOf: 100)
    case "run": try await run(count)
    default: throw UsageError.notOperationAndNumber
    }
  }

  /// Reads envelope and body of a message.
  private static func parse(_ count: Int) throws {
    for _ in 0..<count { _ = try TaskCall(message: celeryMessage) }
  }

  /// Reads the arguments of a call into their types.
  private static func readArguments(_ count: Int) throws {
    let call = try TaskCall(message: celeryMessage)
    for _ in 0..<count {
      var arguments = call.arguments
      let (x, y) = (try arguments.next("x") as Int, try arguments.next("y") as Int)
      try arguments.finish()
      precondition(x + y == 4)
    }
  }

  /// Makes messages of calls and hands them to a broker.
  private static func send(_ count: Int, inPortionsOf portion: Int) async throws {
    let add = RemoteTask<Int, Int, Int>("celery_app.add")
    let queue = TaskQueue(broker: NoBroker(), results: NoResults())
    for _ in 0..<count / portion {
      if portion == 1 {
        try await queue.send(add.s(2, 2))
      } else {
        try await queue.send((0..<portion).map { _ in add.s(2, 2) })
      }
    }
  }

  /// Runs messages through a worker, without a server.
  private static func run(_ count: Int) async throws {
    try await withEndlessQueue(of: celeryMessage, count)
  }
}

/// The command line is not `OPERATION N`.
enum UsageError: Error {
  case notOperationAndNumber
}

/// A call of `add(2, 2)` as Celery 5 sends it.
let celeryMessage = Array(
  #"""
  {"body": "W1syLCAyXSwge30sIHsiY2FsbGJhY2tzIjogbnVsbCwgImVycmJhY2tzIjogbnVsbCwgImNoYWluIjogbnVsbCwgImNob3JkIjogbnVsbH1d", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"lang": "py", "task": "celery_app.add", "id": "5f8a1d1e-6e52-4b6c-9a53-1d0f6d2b7c11", "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, "retries": 0, "timelimit": [null, null], "root_id": "5f8a1d1e-6e52-4b6c-9a53-1d0f6d2b7c11", "parent_id": null, "argsrepr": "(2, 2)", "kwargsrepr": "{}", "origin": "gen4711@host", "ignore_result": false, "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}}, "properties": {"correlation_id": "5f8a1d1e-6e52-4b6c-9a53-1d0f6d2b7c11", "reply_to": "6b9b4d0c-5d3c-36a5-9a0e-5ad2b6c1f0aa", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "celery"}, "priority": 0, "body_encoding": "base64", "delivery_tag": "0c2f6f0e-9f2c-4a39-8f57-4c0a5c6d0b55"}}
  """#.utf8)
