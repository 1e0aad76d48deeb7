extension Duration {
  /// `83 ms`, `1.2 s`.
  package var short: String {
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

extension ProcessOptions.Ready {
  /// What makes a process ready, where it is more than to be alive.
  func condition(_ variables: Environment) -> String? {
    switch self {
    case .settled, .started: nil
    case .done: "when it has ended well"
    case .told: "when READY=1 comes on descriptor 3"
    case .port(let text): "when port \(Self.port(text, variables)) accepts a connection"
    case .command(let command): "when '\(command)' succeeds"
    case .line(let pattern): "when it writes a line with '\(pattern)'"
    }
  }

  /// What a process has failed to do that was to be ready.
  func complaint(_ variables: Environment) -> String {
    switch self {
    case .settled, .started, .done: "was not ready"
    case .told: "has not written READY=1 to descriptor 3"
    case .port(let text): "has accepted no connection on port \(Self.port(text, variables))"
    case .command(let command): "has not made '\(command)' succeed"
    case .line(let pattern): "has written no line with '\(pattern)'"
    }
  }

  private static func port(_ text: String, _ variables: Environment) -> String {
    expanded(port: text) { variables[$0] }
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
