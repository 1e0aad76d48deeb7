import BenchSupport
import CeleriacBeat
import CeleriacCore
import CeleriacWorker
import Logging
import ServiceLifecycle
import UnixSignals

/// A worker as a program of a user's would make it, with the harness' tasks.
@main
enum BenchWorker {
  static func main() async throws {
    let options = try Options(CommandLine.arguments.dropFirst())
    let environment = BenchEnvironment()
    // Celery's own level, too.
    var logger = Logger(label: "bench") { StreamLogHandler.standardError(label: $0) }
    logger.logLevel = .warning

    let queue = try environment.taskQueue()
    TaskQueue.bootstrap(queue)
    let registry = try TaskRegistry(listing: benchTasks(in: environment))
    var services: [any Service] = [
      Worker(
        queue: queue, registry: registry, configuration: options.configuration, logger: logger)
    ]
    if environment.runsBeat {
      services.append(try Beat(queue: queue, registry: registry, logger: logger))
    }
    let group = ServiceGroup(
      services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
  }
}
