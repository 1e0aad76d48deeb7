import CeleriacCore
import Logging

/// A time without broker: said once at its start, once at its end, and waited through in between.
struct Outage {
  private let logger: Logger
  private var failures = 0

  init(logger: Logger) {
    self.logger = logger
  }

  /// Waits before the next attempt: 50 ms at first, then longer, a second at most.
  mutating func wait(after error: any Error) async throws {
    if failures == 0 {
      logger.error("broker unreachable; trying again", metadata: ["reason": "\(error)"])
    }
    let delay = min(Duration.milliseconds(50) * (1 << min(failures, 5)), .seconds(1))
    failures += 1
    // Workers that lost the broker together do not come back in step.
    try await Task.sleep(for: delay * Double.random(in: 0.7...1))
  }

  /// Notes that the broker answers.
  mutating func end() {
    guard failures > 0 else { return }
    failures = 0
    logger.notice("broker reached again")
  }
}
