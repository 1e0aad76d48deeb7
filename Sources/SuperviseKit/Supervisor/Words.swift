extension Duration {
  /// `83 ms`, `1.2 s`.
  var short: String {
    let milliseconds = Int(self / .milliseconds(1))
    guard milliseconds >= 1000 else { return "\(milliseconds) ms" }
    let tenths = (milliseconds + 50) / 100
    return tenths % 10 == 0 ? "\(tenths / 10) s" : "\(tenths / 10).\(tenths % 10) s"
  }
}

extension StopEscalation.Signal: CustomStringConvertible {
  package var description: String {
    SignalName.text(number) + (group ? " to its group" : "")
  }
}

extension ProcessMachine.State {
  /// The state in one word.
  var word: String {
    switch self {
    case .waiting: "waiting"
    case .starting: "starting"
    case .ready: "ready"
    case .stopping: "stopping"
    case .backoff: "backoff"
    case .stopped: "stopped"
    case .done: "done"
    case .failed: "failed"
    case .missing: "missing"
    }
  }
}

extension ProcessMachine {
  /// Whether nothing more is to be stopped.
  var isOver: Bool {
    switch state {
    case .stopped, .done, .failed, .stopping(.stay): true
    case .waiting, .starting, .ready, .stopping, .backoff, .missing: false
    }
  }
}
