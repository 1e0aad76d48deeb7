/// What signals mean to a process that works until it is told to stop.
///
///     working ──TERM, INT, end of the supervisor──► stopping warmly ──TERM, INT──► stopping at once
///        └───────────────QUIT──────────────────────────────┴───────────QUIT───────────►┘
struct StopMachine {
  enum Event: Sendable {
    case terminate
    case interrupt
    case quit
    case supervisorGone
  }

  enum Action: Equatable {
    case stopWarmly
    case stopAtOnce
    case nothing
  }

  private enum State {
    case working
    case stoppingWarmly
    case stoppingAtOnce
  }

  private var state = State.working

  /// Whether nothing is waited for any more.
  var isHard: Bool { state == .stoppingAtOnce }

  mutating func receive(_ event: Event) -> Action {
    switch (state, event) {
    case (.working, .terminate), (.working, .interrupt), (.working, .supervisorGone):
      state = .stoppingWarmly
      return .stopWarmly
    case (.working, .quit), (.stoppingWarmly, .quit), (.stoppingWarmly, .terminate),
      (.stoppingWarmly, .interrupt):
      state = .stoppingAtOnce
      return .stopAtOnce
    case (.stoppingWarmly, .supervisorGone), (.stoppingAtOnce, _):
      return .nothing
    }
  }
}
