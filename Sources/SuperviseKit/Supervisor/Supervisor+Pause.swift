/// Watching can be paused, for a rebase or a long edit, and what has happened meanwhile is seen to
/// afterwards.
extension Supervisor {
  /// What has changed while nobody wanted to know.
  struct Missed {
    var changes: [SourceChange] = []
    var outputs = false
  }

  var isWatchingPaused: Bool { missed != nil }

  /// Keeps in mind what has changed while watching is paused.
  func isMissed(_ change: SourceChange) -> Bool {
    missed?.changes.append(change)
    return isWatchingPaused
  }

  func isMissed(_ events: [OutputEvent]) -> Bool {
    if !events.isEmpty { missed?.outputs = true }
    return isWatchingPaused
  }

  func pauseWatching() {
    guard missed == nil else { return }
    missed = Missed()
    log.say("watching is paused; p goes on, r reloads at once")
  }

  func resumeWatching() {
    guard let missed else { return }
    self.missed = nil
    log.say("watching again")
    for change in missed.changes { noteChange(change) }
    if missed.outputs { lookAtAll() }
  }
}
