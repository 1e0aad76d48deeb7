extension Schedule: CustomStringConvertible {
  /// The schedule as a person reads it: `every 30 s`, `0 0 * * * Europe/Berlin`.
  public var description: String {
    switch rule {
    case .interval(let duration): "every \(Self.describe(duration))"
    case .crontab(let crontab, let zone): "\(crontab) \(zone)"
    case .invalid(let error): error.schedule
    }
  }

  /// The parts of a duration that are not zero: `1 h 30 min`.
  private static func describe(_ duration: Duration) -> String {
    var rest = duration.microseconds
    var parts: [String] = []
    for (unit, size) in units where rest >= size {
      parts.append("\(rest / size) \(unit)")
      rest %= size
    }
    return parts.joined(separator: " ")
  }

  private static let units: [(String, Int64)] = [
    ("d", 86_400_000_000), ("h", 3_600_000_000), ("min", 60_000_000), ("s", 1_000_000),
    ("ms", 1000), ("µs", 1),
  ]
}
