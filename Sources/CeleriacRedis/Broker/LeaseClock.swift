/// When a worker's lease ends, as the server has been told, and by how much it may be moved on without a
/// tick.
///
///     tick          workers[worker] = now + lease        by the server's clock; looks after the others too
///     renew         workers[worker] += what has passed   by this clock; one plain command
///
/// A worker that only waits renews its lease that way and ticks at every fourth time. The server answers
/// with the end that the lease has now: where it is another than was asked for, somebody else has moved
/// it, and a tick finds out who.
struct LeaseClock {
  private let lease: Duration
  // When the last tick was sent, and the end in milliseconds that it has set.
  private var tick: (start: ContinuousClock.Instant, end: Int)?
  // When the last renewal was sent that has come, a tick or not, and the end that it has set.
  private var renewal: (start: ContinuousClock.Instant, end: Int)?

  init(lease: Duration) { self.lease = lease }

  /// Often enough to renew a lease three times before it ends.
  var interval: Duration { lease / 3 }

  /// The longest time without a tick: what nobody has told this worker of is found after it.
  var longestSilence: Duration { interval * 4 }

  /// By how many milliseconds the end may be moved on now; nil where that takes a tick.
  ///
  /// After a pause, or a time without answers, the others may have been kept from renewing theirs as well:
  /// only a tick can tell.
  func step(at now: ContinuousClock.Instant) -> Int? {
    guard let tick, let renewal, now - renewal.start < lease / 2,
      now - tick.start < longestSilence - interval / 2
    else { return nil }
    return tick.end + Int((now - tick.start) / .milliseconds(1)) - renewal.end
  }

  /// When the lease was last renewed by the server's clock, in milliseconds; 0 where that is not known.
  ///
  /// Proof that the server has answered then.
  var lastRenewal: Int { renewal.map { $0.end - Int(lease / .milliseconds(1)) } ?? 0 }

  /// Notes what a tick has set.
  mutating func ticked(_ end: Int, sentAt start: ContinuousClock.Instant) {
    tick = (start, end)
    renewal = (start, end)
  }

  /// Notes the end after a step, and returns whether the lease is this worker's still.
  ///
  /// An answer that takes long proves nothing: nobody knows when the step was made.
  mutating func stepped(
    by step: Int, to end: Int?, sentAt start: ContinuousClock.Instant,
    answeredAt now: ContinuousClock.Instant
  ) -> Bool {
    guard let last = renewal?.end, end == last + step, now - start < lease / 10 else {
      forget()
      return false
    }
    renewal = (start, last + step)
    return true
  }

  /// Notes that nothing is known of the lease.
  mutating func forget() {
    tick = nil
    renewal = nil
  }
}
