/// What systemd hears of how things are.
extension Supervisor {
  /// After each round; costs nothing where nobody listens.
  func tellServiceManager() {
    guard serviceManager != nil else { return }
    serviceManager?.passTime(to: now)
    guard shutdown == nil else { return }
    let states = placements.filter { $0.role == .incumbent }.map {
      ServiceState(name: $0.name, state: $0.machine.state)
    }
    let isReady = states.allSatisfy(\.isReady) && !reloads.plan.isReloading
    serviceManager?.tell(ServiceState.summary(states), ready: isReady)
  }
}

/// How one process is, for the summary of all.
struct ServiceState {
  let name: String
  let state: ProcessMachine.State

  /// Whether nothing more is to be waited for before the whole can be called ready.
  var isReady: Bool {
    switch state {
    case .ready, .done, .stopped: true
    case .waiting, .starting, .stopping, .backoff, .failed, .missing: false
    }
  }

  /// `3 of 4 ready; worker.2 backoff`, say.
  static func summary(_ states: [ServiceState]) -> String {
    let others = states.filter { !$0.isReady }
    let ready = "\(states.count - others.count) of \(states.count) ready"
    guard !others.isEmpty else { return ready }
    let named = others.prefix(3).map { "\($0.name) \($0.state.word)" }.joined(separator: ", ")
    return "\(ready); \(named)" + (others.count > 3 ? ", …" : "")
  }
}
