import CeleriacCore
public import CeleriacSchedule

extension TestClock {
  /// Moves the time on to when a schedule falls due next.
  ///
  ///     try queue.clock.advance(to: .daily(at: "00:00", in: "Europe/Berlin"))
  ///
  /// An interval is counted from now.
  ///
  /// - Throws: `ScheduleError` or `ZoneError` for a schedule that cannot be read, and
  ///   ``TestQueueError`` with code `neverDue`.
  public func advance(to schedule: Schedule) throws {
    try schedule.validate()
    let zone = try schedule.zone.map { try ZoneLoader().zone(named: $0) } ?? .utc
    let now = now()
    guard let due = schedule.next(after: now, anchor: now, zone: zone) else {
      throw TestQueueError(.neverDue, detail: "'\(schedule)' does not fall due after \(now)")
    }
    advance(to: due)
  }
}
