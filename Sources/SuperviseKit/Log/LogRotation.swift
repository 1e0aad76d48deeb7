import Glibc

/// When a log file is put aside, and how many of those are kept.
package struct LogRotation: Sendable, Equatable {
  /// A file that would grow beyond this is put aside first.
  package var size: Int?
  /// A file is put aside when such a period ends: each day at midnight, say.
  package var period: Int?
  /// How many are kept beside the one that is written.
  package var keep = 5

  package init() {}

  /// Reads `100M`, `1d`, or both with a comma between them; each may be given once.
  package init?(parsing text: String) {
    for word in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let unit = word.last, let number = Int(word.dropLast()), number > 0 else { return nil }
      switch unit {
      case "k", "K": guard set(\.size, number, times: 1 << 10) else { return nil }
      case "M": guard set(\.size, number, times: 1 << 20) else { return nil }
      case "G": guard set(\.size, number, times: 1 << 30) else { return nil }
      case "h": guard set(\.period, number, times: 3600) else { return nil }
      case "d": guard set(\.period, number, times: 86_400) else { return nil }
      default: return nil
      }
    }
  }

  /// False when it is set already, or when there is no such number.
  private mutating func set(
    _ path: WritableKeyPath<Self, Int?>, _ number: Int, times unit: Int
  ) -> Bool {
    let (product, overflows) = number.multipliedReportingOverflow(by: unit)
    guard self[keyPath: path] == nil, !overflows else { return false }
    self[keyPath: path] = product
    return true
  }

  /// Whether a file of this size that was last written then has to go before so much is added.
  func isDue(size written: Int, lastWritten: Int, adding count: Int, now: Int) -> Bool {
    guard written > 0 else { return false }
    if let size, count > size - written { return true }
    if let period { return Self.number(of: lastWritten, period) != Self.number(of: now, period) }
    return false
  }

  /// Which period a moment lies in, counted in local time so that a day ends at midnight.
  private static func number(of seconds: Int, _ period: Int) -> Int {
    var moment = time_t(seconds)
    var parts = tm()
    localtime_r(&moment, &parts)
    return (seconds + parts.tm_gmtoff) / period
  }
}
