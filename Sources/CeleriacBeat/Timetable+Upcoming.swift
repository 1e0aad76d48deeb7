public import CeleriacSchedule

/// An instant at which an entry falls due.
public struct Firing: Sendable, Hashable {
  /// The name of the entry.
  public let entry: String

  /// When it falls due.
  public let due: Timestamp
}

extension Timetable {
  /// The next firings of all entries together, the earliest first.
  ///
  /// Intervals are counted from `start`, as by a beat that sees them for the first time then.
  ///
  /// - Parameters:
  ///   - count: How many at most.
  ///   - start: What they are later than, strictly.
  /// - Returns: The firings; those of one instant by name.
  public func upcoming(count: Int, after start: Timestamp) -> [Firing] {
    Array(firings(after: start).prefix(count))
  }

  /// All firings of all entries together, the earliest first, computed as they are asked for.
  ///
  ///     timetable.firings(after: now).prefix { $0.due < now + .seconds(7 * 86_400) }
  ///
  /// Intervals are counted from `start`, as by a beat that sees them for the first time then.
  public func firings(after start: Timestamp) -> some Sequence<Firing> {
    let first = lines.map { $0.next(after: start, anchor: start) }
    return sequence(state: first) { upcoming in
      // The first of equals, so that one instant's firings come by name.
      let earliest = upcoming.indices.min { left, right in
        (upcoming[left] ?? .distantFuture) < (upcoming[right] ?? .distantFuture)
      }
      guard let index = earliest, let due = upcoming[index] else { return nil }
      upcoming[index] = lines[index].next(after: due, anchor: start)
      return Firing(entry: lines[index].entry.name, due: due)
    }
  }
}

extension Timetable.Line {
  /// When the entry falls due next.
  func next(after instant: Timestamp, anchor: Timestamp) -> Timestamp? {
    entry.schedule.next(after: instant, anchor: anchor, zone: zone)
  }

  /// The instants to fire for now, of those due since the last one.
  func due(after last: Timestamp, through now: Timestamp, anchor: Timestamp) -> [Timestamp] {
    entry.schedule.due(
      after: last, through: now, anchor: anchor, zone: zone, missed: entry.missed)
  }
}
