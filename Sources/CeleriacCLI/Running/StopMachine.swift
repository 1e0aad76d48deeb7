/// What signals mean to a process that works until it is told to stop.
///
///     working ──────TERM, INT──────► stopping warmly ──TERM, INT──► stopping at once
///        └─supervisor gone─► orphaned ─TERM, INT─┘                          ▲
///        └──────────────────────────QUIT, from anywhere─────────────────────┘
///
/// A supervisor that dies is noticed twice, by the end of its pipe and by the TERM that the kernel
/// sends: in whatever order they come, together they ask for one warm stop.
struct StopMachine {
  /// The raw value is what the log says.
  enum Event: String, Sendable {
    case terminate = "SIGTERM"
    case interrupt = "SIGINT"
    case quit = "SIGQUIT"
    case supervisorGone = "the supervisor is gone"
  }

  enum Action: Equatable {
    case stopWarmly
    case stopAtOnce
    case nothing
  }

  private enum State {
    case working
    case orphaned
    case stoppingWarmly
    case stoppingAtOnce
  }

  private var state = State.working

  /// Whether nothing is waited for any more.
  var isHard: Bool { state == .stoppingAtOnce }

  mutating func receive(_ event: Event) -> Action {
    switch (state, event) {
    case (.stoppingAtOnce, _), (.orphaned, .supervisorGone), (.stoppingWarmly, .supervisorGone):
      return .nothing
    case (_, .quit), (.stoppingWarmly, .terminate), (.stoppingWarmly, .interrupt):
      state = .stoppingAtOnce
      return .stopAtOnce
    case (.working, .supervisorGone):
      state = .orphaned
      return .stopWarmly
    case (.working, .terminate), (.working, .interrupt):
      state = .stoppingWarmly
      return .stopWarmly
    case (.orphaned, .terminate), (.orphaned, .interrupt):
      state = .stoppingWarmly
      return .nothing
    }
  }
}
