extension Zone {
  /// The instants at which the clocks of a zone show one local time.
  public enum Instants: Sendable, Hashable {
    /// The clocks jump over it; the first instant after the jump.
    case skipped(until: Timestamp)
    /// The usual case.
    case once(Timestamp)
    /// The clocks are set back and show it again.
    case twice(Timestamp, Timestamp)

    /// The first instant, or the first after the jump.
    public var first: Timestamp {
      switch self {
      case .skipped(let instant), .once(let instant), .twice(let instant, _): instant
      }
    }
  }

  /// When the clocks show that time.
  public func instants(for local: CivilDateTime) -> Instants {
    var period = period(at: local.seconds - ZonePeriod.largestOffset)
    var found: [Timestamp] = []
    while period.localStart <= local.seconds, found.count < 2 {
      if local.seconds < period.localEnd { found.append(instant(of: local, in: period)) }
      guard period.end <= local.seconds + ZonePeriod.largestOffset else { break }
      let next = self.period(at: period.end)
      if next.localStart > local.seconds, found.isEmpty {
        return .skipped(until: Timestamp(secondsSince1970: next.start))
      }
      period = next
    }
    return found.count == 2 ? .twice(found[0], found[1]) : .once(found[0])
  }

  private func instant(of local: CivilDateTime, in period: ZonePeriod) -> Timestamp {
    Timestamp(
      microsecondsSince1970: local.microseconds - Int64(period.offset) * 1_000_000)
  }
}
