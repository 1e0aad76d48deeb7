/// The executables that are still to be proven, and when each is to be tried again.
struct PendingProofs {
  private struct Entry {
    let giveUpAt: ContinuousClock.Instant
    var due: ContinuousClock.Instant
  }

  private var entries: [String: Entry] = [:]

  /// Adds executables to be tried at once; one that is being tried already starts afresh.
  mutating func add(_ paths: [String], at now: ContinuousClock.Instant) {
    for path in paths {
      entries[path] = Entry(giveUpAt: now + ExecutableProof.patience, due: now)
    }
  }

  /// The executables to be tried now, each to be answered by ``settle(_:)`` or
  /// ``stillBusy(_:at:)``.
  func due(at now: ContinuousClock.Instant) -> [String] {
    entries.filter { $0.value.due <= now }.keys.sorted()
  }

  /// When the next one is to be tried, nil when none is pending.
  var nextDeadline: ContinuousClock.Instant? { entries.values.map(\.due).min() }

  /// Notes that somebody still writes it; false when that has gone on for too long.
  mutating func stillBusy(_ path: String, at now: ContinuousClock.Instant) -> Bool {
    guard let entry = entries[path], now + ExecutableProof.retryDelay <= entry.giveUpAt else {
      entries[path] = nil
      return false
    }
    entries[path]?.due = now + ExecutableProof.retryDelay
    return true
  }

  /// Forgets an executable that was proven, or never will be.
  mutating func settle(_ path: String) { entries[path] = nil }
}
