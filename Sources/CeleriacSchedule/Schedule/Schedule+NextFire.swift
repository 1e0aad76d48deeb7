extension Schedule {
  /// The first instant after the given one at which the schedule falls due.
  ///
  /// - Parameters:
  ///   - instant: The instant that the result is later than, strictly.
  ///   - anchor: Where intervals are counted from: they fall due at the anchor plus one, two and
  ///     more intervals. A crontab has no use for it.
  ///   - zone: The zone that ``zone`` names. An interval has no use for it.
  /// - Returns: Nothing if the schedule is invalid, or the year 9999 ends first.
  public func next(after instant: Timestamp, anchor: Timestamp, zone: Zone) -> Timestamp? {
    switch rule {
    case .interval(let interval):
      let passed = max(Self.count(of: interval, from: anchor, to: instant), 0)
      return Self.instant(anchor, plus: passed + 1, of: interval)
    case .crontab(let crontab, _): return crontab.next(after: instant, in: zone)
    case .invalid: return nil
    }
  }

  /// The firings to make now, from the first to the last, of those due since the last one made.
  ///
  /// - Parameters:
  ///   - last: The last instant that was fired or judged; what is due is later, strictly.
  ///   - now: The present, at which something may be due as well.
  ///   - anchor: As in ``next(after:anchor:zone:)``.
  ///   - zone: As in ``next(after:anchor:zone:)``.
  ///   - missed: What becomes of instants that are older than `grace`.
  ///   - grace: How late a firing is still on time, whatever the policy. The default allows for
  ///     another beat to take over.
  /// - Returns: The instants to fire for; none if nothing is due.
  public func due(
    after last: Timestamp, through now: Timestamp, anchor: Timestamp, zone: Zone,
    missed: MissedPolicy = .once, grace: Duration = .seconds(15)
  ) -> [Timestamp] {
    switch missed {
    case .once:
      return latest(after: last, through: now, anchor: anchor, zone: zone).map { [$0] } ?? []
    case .skip:
      // A microsecond earlier, for what is exactly as old as the grace is on time.
      let start = max(last, now - grace - .microseconds(1))
      return latest(after: start, through: now, anchor: anchor, zone: zone).map { [$0] } ?? []
    case .all(let age):
      var instant = max(last, now - max(age, grace) - .microseconds(1))
      var firings: [Timestamp] = []
      while let due = next(after: instant, anchor: anchor, zone: zone), due <= now {
        firings.append(due)
        instant = due
      }
      return firings
    }
  }

  /// The last instant in a stretch of time at which the schedule falls due.
  ///
  /// Bisects by ``next(after:anchor:zone:)``, so that a year without a beat costs some fifty
  /// steps, not one for each minute.
  private func latest(
    after start: Timestamp, through end: Timestamp, anchor: Timestamp, zone: Zone
  ) -> Timestamp? {
    func firing(after instant: Timestamp) -> Timestamp? {
      next(after: instant, anchor: anchor, zone: zone).flatMap { $0 <= end ? $0 : nil }
    }

    guard var found = firing(after: start) else { return nil }
    var high = end
    while let following = firing(after: found) {
      let middle = found + (high - found) / 2
      if let later = firing(after: middle) {
        found = later
      } else {
        found = following
        high = middle
      }
    }
    return found
  }

  /// How many whole intervals lie between two instants; negative if the second is earlier.
  private static func count(
    of interval: Duration, from start: Timestamp, to end: Timestamp
  ) -> Int64 {
    (end - start).microseconds.flooredQuotient(by: interval.microseconds)
  }

  private static func instant(
    _ anchor: Timestamp, plus count: Int64, of interval: Duration
  ) -> Timestamp? {
    let (microseconds, overflow) = count.multipliedReportingOverflow(by: interval.microseconds)
    guard !overflow else { return nil }
    let instant = anchor + .microseconds(microseconds)
    return instant == .distantFuture ? nil : instant
  }
}
