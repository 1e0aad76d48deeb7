/// How many messages a worker holds ready beside those that run.
///
/// By Little's law: as many as it gets through in a certain time. Short tasks come in large batches
/// then, whose round trips cost next to nothing; of long ones hardly any is kept from idle workers.
/// Time is an argument; nothing is measured here but how many tasks have ended since.
struct PrefetchWindow {
  /// A broker hands over a batch in one step, in which it does nothing else.
  static let largest = 1000
  /// What is measured over less is chance.
  static let shortestMeasure = Duration.milliseconds(5)

  /// How many messages are held in any case.
  let least: Int
  /// How much work is held ready; none for no more than `least`.
  let time: Duration
  /// How many messages to hold now.
  private(set) var size: Int

  private var finished = 0
  private var measured: Measure
  private var watched: Measure

  private struct Measure {
    var finished = 0
    var time: ContinuousClock.Instant
  }

  init(least: Int, time: Duration, at now: ContinuousClock.Instant) {
    self.least = least
    self.time = time
    size = least
    measured = Measure(time: now)
    watched = measured
  }

  /// Notes that a task has ended.
  mutating func finish() { finished += 1 }

  /// Adapts the size to what has ended since the last time.
  mutating func measure(at now: ContinuousClock.Instant) {
    guard now - measured.time >= Self.shortestMeasure else { return }
    size = wanted(since: measured, at: now)
    measured = Measure(finished: finished, time: now)
  }

  /// Begins to look after the messages that are held beyond `least`.
  mutating func watch(at now: ContinuousClock.Instant) {
    watched = Measure(finished: finished, time: now)
  }

  /// How many of `count` messages had better go to other workers: the tasks have become longer than
  /// those by which they were taken.
  ///
  /// Twice the window is left alone, for one measure is no proof.
  mutating func surplus(of count: Int, at now: ContinuousClock.Instant) -> Int {
    let wanted = wanted(since: watched, at: now)
    let kept = wanted > least ? 2 * wanted : least
    watch(at: now)
    return max(count - kept, 0)
  }

  private func wanted(since start: Measure, at now: ContinuousClock.Instant) -> Int {
    let work = Double(finished - start.finished) * (time / max(now - start.time, .nanoseconds(1)))
    return max(least, Int(min(work, Double(Self.largest))))
  }
}
