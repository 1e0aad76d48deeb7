@preconcurrency import Dispatch
import Glibc
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

/// The pipe that a supervisor holds open as long as it lives.
struct Lifeline: Sendable {
  private let ended: AsyncStream<Never>
  private let source: any DispatchSourceRead

  /// Begins to watch; nil when there is no such descriptor.
  init?(_ descriptor: Int32) {
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    let source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global())
    source.setEventHandler {
      var byte: UInt8 = 0
      // Nobody writes into it: it becomes readable when its last writer is gone.
      if read(descriptor, &byte, 1) == 0 {
        source.cancel()
        continuation.finish()
      }
    }
    source.activate()
    self.source = source
    ended = stream
  }

  /// Returns when the supervisor is gone, or the task is cancelled.
  func end() async {
    for await _ in ended {}
  }
}
