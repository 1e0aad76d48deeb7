/// The line below the log on a terminal: how things stand.
///
///     4/5 ready · web backoff · only worker · building · ? for keys
enum StatusLine {
  /// How things stand, in as many columns as there are.
  static func text(
    _ states: [(name: String, state: ProcessMachine.State)], doing: [String], columns: Int
  ) -> String {
    let ready = states.count { $0.state == .ready }
    let wanted = states.count { $0.state != .stopped && $0.state != .done }
    var parts = ["\(ready)/\(wanted) ready"]
    for (name, state) in states {
      switch state {
      case .failed, .missing, .backoff, .stopped: parts.append("\(name) \(state.word)")
      case .waiting, .starting, .ready, .stopping, .done: continue
      }
    }
    parts += doing
    let text = (parts + ["? for keys"]).joined(separator: " · ")
    return text.count <= columns ? text : String(text.prefix(max(0, columns - 1))) + "…"
  }
}
