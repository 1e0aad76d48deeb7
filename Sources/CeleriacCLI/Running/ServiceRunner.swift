import Logging
import ServiceLifecycle
import Synchronization

/// Runs services until a signal, or the end of the supervisor, stops them.
struct ServiceRunner {
  let supervision: Supervision
  let status: StatusPipe
  let logger: Logger

  /// Returns after a stop; the services are shut down in the reverse of their order.
  ///
  /// - Throws: What a service has thrown.
  func run(_ services: [any Service]) async throws {
    BrokenPipe.ignoreForGood()
    // The group's own lines describe services by all they hold; what matters is said here.
    let silent = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(services: services, logger: silent))
    let events = await StopEvents(lifeline: supervision.lifelineDescriptor)
    let machine = Mutex(StopMachine())
    let work = Task { try await group.run() }
    let watch = Task { [status, logger] in
      await events.watch { event in
        let action = machine.withLock { $0.receive(event) }
        guard action != .nothing else { return }
        logger.notice(
          action == .stopWarmly ? "finishing what runs, then ending" : "ending at once",
          metadata: ["reason": "\(event.rawValue)"])
        status.stopping()
        if action == .stopWarmly { await group.triggerGracefulShutdown() } else { work.cancel() }
      }
    }
    defer { watch.cancel() }
    do {
      try await work.value
    } catch  where machine.withLock({ $0.isHard }) {
      // It was cancelled, and says so.
    }
  }
}
