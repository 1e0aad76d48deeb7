import CeleriacCore
import CeleriacSchedule

/// What came of a request.
struct BeatReply {
  enum Outcome {
    case learned(BeatState)
    case fired(TaskID, QueueName)
    /// Another beat was first, or an attempt of this one whose answer was lost.
    case firedBefore
    case leftOut
    /// The call has an argument that cannot travel.
    case unsendable(any Error)
    case failed(BrokerError)
  }

  let request: BeatMachine.Request
  let outcome: Outcome
  /// When it came.
  let time: Timestamp

  /// What the machine has to know of it.
  var event: BeatMachine.Event? {
    switch (outcome, request.step) {
    case (.learned(let state), _): .learned(state)
    case (.fired, .fire(let due, _)), (.firedBefore, .fire(let due, _)): .settled(due)
    // It would not travel the next time either, and the instants after it must not wait for it.
    case (.unsendable, .fire(let due, _)): .settled(due)
    case (.failed, _): .failed
    default: nil
    }
  }

  /// What the broker has to say against it.
  var error: BrokerError? {
    guard case .failed(let error) = outcome else { return nil }
    return error
  }

  /// Whether the broker has done what it was asked for.
  var isAnswer: Bool {
    switch outcome {
    case .learned, .fired, .firedBefore: true
    case .leftOut, .unsendable, .failed: false
    }
  }
}
