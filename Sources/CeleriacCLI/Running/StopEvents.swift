import UnixSignals

/// The reasons to stop, as they come.
struct StopEvents: Sendable {
  private let signals: UnixSignalsSequence
  private let lifeline: Lifeline?

  /// Takes over the signals; from here on they do not end the process.
  init(lifeline descriptor: Int32?) async {
    signals = await UnixSignalsSequence(trapping: .sigterm, .sigint, .sigquit)
    lifeline = descriptor.flatMap { Lifeline($0) }
  }

  /// Calls `body` for each reason, until the task is cancelled.
  func watch(_ body: @escaping @Sendable (StopMachine.Event) async -> Void) async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { [signals] in
        for await signal in signals {
          switch signal {
          case .sigterm: await body(.terminate)
          case .sigint: await body(.interrupt)
          default: await body(.quit)
          }
        }
      }
      if let lifeline {
        group.addTask {
          await lifeline.end()
          if !Task.isCancelled { await body(.supervisorGone) }
        }
      }
    }
  }
}
