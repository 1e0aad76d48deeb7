import BenchSupport
import CeleriacCore
import Glibc

/// Sends calls and prints one line of JSON: `bench-enqueue MODE N`.
///
///     single, bulk, concurrent   {"n": 10000, "seconds": 0.07, "cpu": 0.05}
///     lat, e2e, fair             {"lat_ns": [101230, …]}
@main
enum BenchEnqueue {
  static func main() async throws {
    let arguments = CommandLine.arguments.dropFirst()
    guard arguments.count == 2, let mode = arguments.first, let count = Int(arguments[2]) else {
      throw UsageError.notModeAndNumber
    }
    let environment = BenchEnvironment()
    let queue = try environment.taskQueue()
    TaskQueue.bootstrap(queue)
    let sender = Sender(queue: queue)
    let stopwatch = Stopwatch(queue: queue, stampPath: environment.stampPath)

    switch mode {
    case "single": try await sender.run(count) { try await $0.single($1) }
    case "bulk": try await sender.run(count) { try await $0.bulk($1) }
    case "concurrent": try await sender.run(count) { try await $0.concurrent($1) }
    case "lat": try await stopwatch.timeToStart(count)
    case "e2e": try await stopwatch.timeToResult(count)
    case "fair": try await stopwatch.timeBesideComputing(count)
    default: throw UsageError.notModeAndNumber
    }
  }
}

/// The command line is not `MODE N`.
enum UsageError: Error {
  case notModeAndNumber
}
