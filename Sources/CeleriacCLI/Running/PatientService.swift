import Logging
import ServiceLifecycle

/// A service that starts once its broker is there.
struct PatientService<Base: Service>: Service {
  let base: Base
  let door: RedisDoor
  /// Where the waiting is said; nowhere for one service of several that wait for the same server.
  let logger: Logger?

  func run() async throws {
    if try await door.wait(logger ?? Logger(label: "") { _ in SwiftLogNoOpLogHandler() }) {
      try await base.run()
    }
  }
}
