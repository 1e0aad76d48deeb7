// What the life of a process hears of, and what it asks for.
extension ProcessMachine {
  package enum Event: Sendable, Equatable {
    case start
    /// Stop it, if it runs, and start it.
    case restart
    case stop
    /// All it depends on is ready, and nothing stands in the way.
    case free
    /// It cannot be started, for there is no executable.
    case missing
    case becameReady
    /// It has said that it gets on.
    case alive
    case ended(Ended)
    case time
  }

  package enum Action: Sendable, Equatable {
    case spawn
    case stop
    case ready(after: Duration)
    case announceEnd(Ended, Next)
    case announceStartLimit
    case announceSilence
    /// Stop it the way that leaves a trace of where it hangs.
    case abort
    case endAll(code: Int32)
  }

  /// What follows an end that nobody asked for.
  package enum Next: Sendable, Equatable {
    case done
    case stays
    case restart(after: Duration)
    case givenUp(shortRuns: Int)
    case untilFilesChange
  }
}
