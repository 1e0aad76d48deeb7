import CeleriacBeat
import Logging
import ServiceLifecycle

/// Runs a beat as a service while `body` runs, then shuts it down gracefully.
func withRunning(_ beats: Beat..., body: () async throws -> Void) async throws {
  let group = ServiceGroup(services: beats, logger: Logger(label: "test"))
  try await withThrowingTaskGroup(of: Void.self) { tasks in
    tasks.addTask { try await group.run() }
    try await body()
    await group.triggerGracefulShutdown()
    try await tasks.waitForAll()
  }
}
