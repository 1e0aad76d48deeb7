import Glibc
import Synchronization

/// What a proxy has been told to do, and what it has seen.
final class FaultPlan: Sendable {
  /// What a client finds at the socket.
  enum Door: Sendable {
    case open
    /// Nobody listens.
    case closed
    /// The kernel accepts, and nobody answers: nothing moves on any connection.
    case frozen
  }

  /// What befalls all connections that there are.
  enum Sweep: Sendable {
    case cut
    case silence
  }

  struct Orders: Sendable {
    var target: String
    var door = Door.open
    var weather = Weather.clear
    var sweep: Sweep?
    var isOver = false
  }

  private struct State {
    var orders: Orders
    var faults: [Fault] = []
    var struck: [Fault] = []
    var counts: [Step: Int] = [:]
    var onKill: (@Sendable (pid_t) -> Void)?
  }

  private let state: Mutex<State>

  init(target: String) {
    state = Mutex(State(orders: Orders(target: target)))
  }

  /// The orders as they are; a sweep is carried out once.
  func takeOrders() -> Orders {
    state.withLock { state in
      defer { state.orders.sweep = nil }
      return state.orders
    }
  }

  var weather: Weather { state.withLock { $0.orders.weather } }

  func order(_ change: (inout Orders) -> Void) {
    state.withLock { change(&$0.orders) }
  }

  /// Counts from one again and strikes nothing but these.
  func arm(_ faults: [Fault], onKill: (@Sendable (pid_t) -> Void)? = nil) {
    state.withLock { state in
      state.faults = faults
      state.struck = []
      state.counts = [:]
      state.onKill = onKill
    }
  }

  /// The faults that have struck.
  var struck: [Fault] { state.withLock { $0.struck } }

  /// How often each step was seen.
  var counts: [Step: Int] { state.withLock { $0.counts } }

  /// Counts a command and says whether it is the one to strike.
  func note(_ step: Step) -> Fault? {
    state.withLock { state in
      let occurrence = state.counts[step, default: 0] + 1
      state.counts[step] = occurrence
      return state.faults.first { $0.step == step && $0.occurrence == occurrence }
    }
  }

  func strike(_ fault: Fault, pid: pid_t) {
    let onKill = state.withLock { $0.onKill }
    if fault.blow == .kill { onKill?(pid) }
    state.withLock { $0.struck.append(fault) }
  }
}
