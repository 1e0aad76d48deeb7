import Glibc

/// How a process is brought to its end: asked first, pressed then, killed at last.
///
///     asked ──timeout──► pressed (group TERM) ──5 s──► killed (group KILL, again every 2 s)
///        └────────── its leader has ended, others of its group live ──┘
///
/// Only the leader is asked: a worker that hands its tasks back must not have its own children
/// ended under it at the same moment.
package struct StopEscalation: Sendable, Equatable {
  package typealias Instant = ContinuousClock.Instant

  package enum Step: Sendable, Equatable {
    case asked, pressed, killed
  }

  /// A signal to send, to the leader alone or to the whole group.
  package struct Signal: Sendable, Equatable {
    package var number: Int32
    package var group: Bool
  }

  package private(set) var step = Step.asked
  /// When the next step is due.
  package private(set) var deadline: Instant

  private static let pressing = Duration.seconds(5)
  private static let killing = Duration.seconds(2)

  /// Begins politely.
  package init(waiting timeout: Duration, at now: Instant) {
    deadline = now + timeout
  }

  /// Begins with the group, for the rest of a process whose leader has ended by itself.
  package init(restOfGroupAt now: Instant, wait: Duration = .seconds(5)) {
    step = .pressed
    deadline = now + wait
  }

  /// Takes the next step if its time has come.
  package mutating func time(is now: Instant) -> Signal? {
    now >= deadline ? harder(at: now) : nil
  }

  /// Takes the next step now.
  package mutating func harder(at now: Instant) -> Signal {
    switch step {
    case .asked:
      step = .pressed
      deadline = now + Self.pressing
      return Signal(number: SIGTERM, group: true)
    case .pressed, .killed:
      step = .killed
      deadline = now + Self.killing
      return Signal(number: SIGKILL, group: true)
    }
  }

  /// Whether the next step comes so soon that it need not be told of before.
  package func isAboutToAct(at now: Instant) -> Bool {
    step != .killed && deadline - now < .milliseconds(200)
  }

  /// Waits no longer than this for the next step.
  package mutating func hurry(_ time: Duration, at now: Instant) {
    deadline = min(deadline, now + time)
  }

  /// The leader has ended and others of its group have not.
  package mutating func leaderEnded(at now: Instant) -> Signal? {
    step == .asked ? harder(at: now) : nil
  }
}
