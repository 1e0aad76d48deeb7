import CeleriacCore
import Synchronization

/// Puts together what a consumer's connection, takes and ticks find out about the server.
///
/// A worker that is idle asks for nothing and still knows at once: of a connection that is lost and
/// made again by the connection itself, of a server that refuses by the next tick.
final class HealthWatch: Sendable {
  enum Party {
    case connection
    case taking
    case ticking
  }

  private struct State {
    var outage = Outage<Party>()
    var health = BrokerHealth.serving
    /// Before, what goes wrong is thrown at the one who opens the consumer.
    var isOpen = false
  }

  private let report: @Sendable (BrokerHealth) -> Void
  private let state = Mutex(State())

  init(_ report: @escaping @Sendable (BrokerHealth) -> Void) {
    self.report = report
  }

  /// Reports from now on.
  func open() {
    state.withLock { state in
      state.isOpen = true
      if state.health != .serving { report(state.health) }
    }
  }

  /// Notes what happens to the connection.
  func note(_ event: RedisConnectionEvent) {
    switch event {
    case .connected: serves(.connection)
    case .lost(let error), .gaveUp(let error): fails(.connection, BrokerError(error))
    }
  }

  func fails(_ party: Party, _ error: BrokerError) {
    guard error.code != .closed else { return }
    state.withLock { state in
      guard state.outage.begin(for: party, because: error) != nil else { return }
      state.health = .failing(error)
      // In the lock: whoever hears of two changes has to hear of the later one last.
      if state.isOpen { report(state.health) }
    }
  }

  func serves(_ party: Party) {
    state.withLock { state in
      guard state.outage.end(for: party) != nil else { return }
      state.health = .serving
      if state.isOpen { report(.serving) }
    }
  }
}
