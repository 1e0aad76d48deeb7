/// What a field of a crontab counts.
package enum CrontabUnit: Sendable, Hashable, CaseIterable {
  case minute
  case hour
  case dayOfMonth
  case monthOfYear
  case dayOfWeek

  /// The values there are.
  var range: ClosedRange<Int> {
    switch self {
    case .minute: 0...59
    case .hour: 0...23
    case .dayOfMonth: 1...31
    case .monthOfYear: 1...12
    case .dayOfWeek: 0...6
    }
  }

  /// The unit with its article, as an error names it.
  var description: String {
    switch self {
    case .minute: "a minute (0–59)"
    case .hour: "an hour (0–23)"
    case .dayOfMonth: "a day of the month (1–31)"
    case .monthOfYear: "a month (1–12 or jan–dec)"
    case .dayOfWeek: "a day of the week (0–6 or sun–sat, Sunday is 0)"
    }
  }

  /// The value of a name, of which the first three letters are enough.
  func value(named name: Substring) -> Int? {
    guard name.utf8.count >= 3 else { return nil }
    let name = name.lowercased()
    return names.firstIndex { $0.hasPrefix(name) }.map { $0 + range.lowerBound }
  }

  private var names: [String] {
    switch self {
    case .minute, .hour, .dayOfMonth: []
    case .monthOfYear:
      [
        "january", "february", "march", "april", "may", "june", "july", "august", "september",
        "october", "november", "december",
      ]
    case .dayOfWeek:
      ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    }
  }
}
