import CeleriacSchedule

/// A stretch of time in which something is left alone.
///
/// It also ends when the clock is set back to before its start: a second's pause must not become
/// an hour's.
struct Pause: Equatable {
  let start: Timestamp
  let length: Duration

  var end: Timestamp { start + length }

  func isOver(at now: Timestamp) -> Bool {
    now >= end || now < start
  }
}
