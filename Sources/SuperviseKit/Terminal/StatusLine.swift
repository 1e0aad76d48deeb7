/// The line below the log on a terminal: how things stand.
///
///     building · only worker · 4/5 ready · web backoff · ? for keys
///     stopping · web, worker.2 still run
///
/// What is being done stands first, for in a narrow window the end is cut off.
enum StatusLine {
  /// How things stand, in as many columns as there are.
  static func text(
    _ states: [(name: String, state: ProcessMachine.State)], doing: [String], columns: Int
  ) -> String {
    let ready = states.count { $0.state == .ready }
    let wanted = states.count { $0.state != .stopped && $0.state != .done }
    var parts = doing + ["\(ready)/\(wanted) ready"]
    for (name, state) in states {
      switch state {
      case .failed, .missing, .backoff, .stopped: parts.append("\(name) \(state.word)")
      case .waiting, .starting, .ready, .stopping, .done: continue
      }
    }
    return cut((parts + ["? for keys"]).joined(separator: " · "), to: columns)
  }

  /// What the end waits for, in as many columns as there are.
  static func stopping(_ running: [String], columns: Int) -> String {
    guard !running.isEmpty else { return cut("stopping", to: columns) }
    let verb = running.count == 1 ? "still runs" : "still run"
    return cut("stopping · \(running.joined(separator: ", ")) \(verb)", to: columns)
  }

  private static func cut(_ text: String, to columns: Int) -> String {
    text.count <= columns ? text : String(text.prefix(max(0, columns - 1))) + "…"
  }
}
