/// The recorded changes of a zone's clocks, and the rule for the years after the last of them.
struct ZoneTable: Hashable {
  /// One change of the clocks.
  struct Change: Hashable {
    /// Seconds since 1970.
    let at: Int64
    /// Seconds ahead of UTC from then on.
    let offset: Int
  }

  /// The offset before the first change.
  let firstOffset: Int
  /// In the order of time.
  let changes: [Change]
  /// What holds from the last change on; none if nothing changes any more.
  let rule: YearlyRule?

  func period(at seconds: Int64) -> ZonePeriod {
    let next = changes.partitioningIndex { $0.at > seconds }
    let start = next > 0 ? changes[next - 1].at : ZonePeriod.beginning
    if next == changes.count, let rule {
      var period = rule.period(at: seconds)
      period.start = max(period.start, start)
      return period
    }
    return ZonePeriod(
      start: start,
      end: next < changes.count ? changes[next].at : ZonePeriod.never,
      offset: next > 0 ? changes[next - 1].offset : firstOffset)
  }
}

extension Array {
  /// The first index at which the predicate holds, where it holds from some index on.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if predicate(self[middle]) {
        high = middle
      } else {
        low = middle + 1
      }
    }
    return low
  }
}
