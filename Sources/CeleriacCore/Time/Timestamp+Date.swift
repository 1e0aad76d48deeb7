public import CeleriacSchedule
public import FoundationEssentials

extension Timestamp {
  /// The instant of a `Date`, to the microsecond.
  public init(_ date: Date) {
    self.init(secondsSince1970: date.timeIntervalSince1970)
  }
}

extension Date {
  /// The instant of a ``Timestamp``.
  public init(_ timestamp: Timestamp) {
    self.init(timeIntervalSince1970: timestamp.secondsSince1970)
  }
}
