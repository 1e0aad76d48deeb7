/// Restarts that were asked for: one at a time, and within each those first that others need.
struct Rolls {
  struct Roll {
    let id: Int
    /// Who asked for it, for the log.
    let reason: String
    /// Names of processes; each layer waits for the one before.
    var layers: [[String]]
  }

  private(set) var waiting: [Roll] = []
  var running: Roll?
  private var count = 0

  /// Puts a restart at the end of the queue; its number.
  mutating func add(_ layers: [[String]], because reason: String) -> Int {
    count += 1
    waiting.append(Roll(id: count, reason: reason, layers: layers))
    return count
  }

  func isOn(_ id: Int) -> Bool {
    running?.id == id || waiting.contains { $0.id == id }
  }

  mutating func next() -> Roll? {
    waiting.isEmpty ? nil : waiting.removeFirst()
  }

  mutating func forgetAll() {
    waiting = []
    running = nil
  }
}
