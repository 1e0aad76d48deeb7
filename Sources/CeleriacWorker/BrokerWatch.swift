import CeleriacCore
import Logging
import Synchronization

/// What a worker says of its broker: once that it is away, and once that it is back.
///
/// The consumer knows before the worker does, which may be idle for hours; a consumer that tells
/// nothing is judged by what its takes throw.
final class BrokerWatch: Sendable {
  enum Party {
    case connecting
    case consumer
    case taking
  }

  private let outage = Mutex(Outage<Party>())
  private let logger: Logger

  init(logger: Logger) {
    self.logger = logger
  }

  /// Notes what the consumer has found out.
  func receive(_ health: BrokerHealth) {
    switch health {
    case .failing(let error): fails(.consumer, error)
    case .serving: for party in [Party.consumer, .taking] { serves(party) }
    }
  }

  /// Notes that the broker does not do its work.
  func fails(_ party: Party, _ error: any Error) {
    let error = error as? BrokerError ?? BrokerError(.unreachable, detail: "\(error)")
    // In the lock, so that the lines come in the order of what they tell.
    outage.withLock { $0.begin(for: party, because: error)?.log(to: logger) }
  }

  /// Notes that it does.
  func serves(_ party: Party) {
    outage.withLock { $0.end(for: party)?.log(to: logger) }
  }
}

/// The waits between attempts at a broker that is away: 50 ms at first, a second at most.
struct Patience {
  private var failures = 0

  mutating func wait() async throws {
    let delay = min(Duration.milliseconds(50) * (1 << min(failures, 5)), .seconds(1))
    failures += 1
    // Workers that lost the broker together do not come back in step.
    try await Task.sleep(for: delay * Double.random(in: 0.7...1))
  }
}
