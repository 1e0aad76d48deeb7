/// Looking from time to time, where no event tells of a change.
struct Polling {
  typealias Instant = ContinuousClock.Instant

  /// How often.
  static let pause = Duration.milliseconds(500)

  /// The sources, where their changes have to be looked for.
  var sources: SourceScan?
  /// The files that say what is to run.
  var configuration: SourceScan?
  /// Whether the executables have to be looked at.
  var executables = false
  var dueAt: Instant?

  var deadline: Instant? {
    sources != nil || configuration != nil || executables ? dueAt : nil
  }
}

extension Supervisor {
  /// Whether the kernel will not tell of changes there.
  func mustPoll(_ directories: [String]) -> Bool {
    options.polls || directories.contains(where: changesAreSilent)
  }

  /// From now on, something is looked at from time to time.
  func beginPolling(because error: WatchError? = nil) {
    if polling.deadline == nil { polling.dueAt = now + Polling.pause }
    if let error { log.say("\(error); looking every \(Polling.pause.short) instead") }
  }

  /// Looks at everything that no event tells of.
  func advancePolling() {
    polling.dueAt = now + Polling.pause
    if let change = polling.sources?.look() { noteChange(change) }
    if let change = polling.configuration?.look() { noteFiles(change) }
    if polling.executables { lookForExecutables() }
  }
}
