/// Reads a POSIX `TZ` text, such as the footer of a compiled zone file.
struct YearlyRuleReader {
  private var rest: ArraySlice<UInt8>

  /// The rule, or nothing if the text is malformed or leaves the days of its summer time open.
  static func read(_ text: ArraySlice<UInt8>) -> YearlyRule? {
    var reader = YearlyRuleReader(rest: text)
    return reader.rule()
  }

  private mutating func rule() -> YearlyRule? {
    guard name(), let west = time(hours: 0...24) else { return nil }
    guard !rest.isEmpty else { return YearlyRule(standardOffset: -west, summer: nil) }

    guard name() else { return nil }
    var summerWest = west - 3600
    if rest.first != UInt8(ascii: ",") {
      guard let written = time(hours: 0...24) else { return nil }
      summerWest = written
    }
    guard skip(","), let start = day(), skip(","), let end = day(), rest.isEmpty else {
      return nil
    }
    return YearlyRule(
      standardOffset: -west,
      summer: YearlyRule.Summer(offset: -summerWest, start: start, end: end))
  }

  /// Skips `CET` or `<+03>`; false if neither is there.
  private mutating func name() -> Bool {
    if skip("<") {
      guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
      rest = rest[(end + 1)...]
      return true
    }
    let letters = rest.prefix { UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 | 0x20 }
    rest = rest[letters.endIndex...]
    return letters.count >= 3
  }

  private mutating func day() -> YearlyRule.Day? {
    guard let kind = dayKind() else { return nil }
    guard skip("/") else { return YearlyRule.Day(kind: kind, time: 2 * 3600) }
    guard let time = time(hours: 0...167) else { return nil }
    return YearlyRule.Day(kind: kind, time: time)
  }

  private mutating func dayKind() -> YearlyRule.Day.Kind? {
    if skip("J") { return number(1...365).map { .ofCommonYear($0) } }
    guard skip("M") else { return number(0...365).map { .ofYear($0) } }
    guard let month = number(1...12), skip("."), let week = number(1...5), skip("."),
      let weekday = number(0...6)
    else { return nil }
    return .ofMonth(month, week: week, weekday: weekday)
  }

  /// The seconds of `[+-]h[:mm[:ss]]`.
  private mutating func time(hours: ClosedRange<Int>) -> Int? {
    let isNegative = skip("-")
    if !isNegative { _ = skip("+") }
    guard let hour = number(hours) else { return nil }
    var seconds = hour * 3600
    for unit in [60, 1] {
      guard skip(":") else { break }
      guard let part = number(0...59) else { return nil }
      seconds += part * unit
    }
    return isNegative ? -seconds : seconds
  }

  private mutating func number(_ range: ClosedRange<Int>) -> Int? {
    let digits = rest.prefix { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    guard 1...3 ~= digits.count else { return nil }
    rest = rest[digits.endIndex...]
    let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    return range.contains(number) ? number : nil
  }

  private mutating func skip(_ character: Unicode.Scalar) -> Bool {
    guard rest.first == UInt8(ascii: character) else { return false }
    rest = rest.dropFirst()
    return true
  }
}
