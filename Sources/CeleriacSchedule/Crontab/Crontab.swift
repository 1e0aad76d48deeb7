/// The minutes that five fields select, in Celery's syntax.
///
/// A minute matches if all five fields match it: the day of the month *and* the day of the week,
/// so that `0 0 13 * fri` is Friday the 13th. Two crontabs are equal if they match the same
/// minutes, however they are written.
public struct Crontab: Sendable {
  let minutes: CrontabValues
  let hours: CrontabValues
  let daysOfMonth: CrontabValues
  let monthsOfYear: CrontabValues
  let daysOfWeek: CrontabValues

  /// The five fields as they were written.
  public let description: String

  /// Reads five fields: minute, hour, day of the month, month, day of the week.
  ///
  /// - Throws: ``CrontabError``, which locates the offending part in the text. A day that no month
  ///   asked for has, such as 31 February, is an error too.
  public init(_ text: String) throws(CrontabError) {
    let fields = text.split { $0.isWhitespace }
    guard fields.count == CrontabUnit.allCases.count else {
      throw CrontabError(
        code: .fieldCount, text: text, range: 0..<text.utf8.count,
        detail: "five fields are needed (minute, hour, day of the month, month, day of the week),"
          + " not \(fields.count)")
    }
    try self.init(fields, located: { _ in text })
  }

  /// Selects by the fields that are given; the others match always.
  ///
  /// - Throws: ``CrontabError``, which locates the offending part in its field.
  public init(
    minute: CrontabField = .every, hour: CrontabField = .every,
    dayOfMonth: CrontabField = .every, monthOfYear: CrontabField = .every,
    dayOfWeek: CrontabField = .every
  ) throws(CrontabError) {
    let fields = [minute, hour, dayOfMonth, monthOfYear, dayOfWeek].map(\.text)
    try self.init(fields.map { $0[...] }, located: { fields[$0] })
  }

  /// Parses the five fields; `located` is the text in which an error in a field is located.
  private init(
    _ fields: [Substring], located text: (Int) -> String
  ) throws(CrontabError) {
    var sets: [CrontabValues] = []
    for (index, unit) in CrontabUnit.allCases.enumerated() {
      sets.append(try CrontabParser(text: text(index), unit: unit).values(of: fields[index]))
    }
    (minutes, hours, daysOfMonth) = (sets[0], sets[1], sets[2])
    (monthsOfYear, daysOfWeek) = (sets[3], sets[4])
    description = fields.map { $0.filter { !$0.isWhitespace } }.joined(separator: " ")

    guard hasPossibleDate else {
      let field = fields[2]
      let text = text(2)
      let start = text.utf8.distance(from: text.startIndex, to: field.startIndex)
      throw CrontabError(
        code: .impossibleDate, text: text, range: start..<start + field.utf8.count,
        detail: "no month of '\(fields[3])' has a day of '\(field)'")
    }
  }

  /// Whether some month asked for has a day asked for; over 400 years each of them falls on each
  /// day of the week.
  private var hasPossibleDate: Bool {
    let first = daysOfMonth.first ?? 32
    return (1...12).contains {
      monthsOfYear.contains($0) && first <= CivilDate.dayCount(month: $0, year: 2000)
    }
  }

  /// Whether the hour field selects every hour, as `*`, `*/1` and `0-23` do.
  var runsEveryHour: Bool { hours == CrontabValues(CrontabUnit.hour.range) }
}

extension Crontab: Hashable {
  /// Whether both match the same minutes.
  public static func == (left: Crontab, right: Crontab) -> Bool {
    left.values == right.values
  }

  /// Hashes what is matched.
  public func hash(into hasher: inout Hasher) {
    hasher.combine(values)
  }

  private var values: [CrontabValues] { [minutes, hours, daysOfMonth, monthsOfYear, daysOfWeek] }
}

extension Crontab: CustomStringConvertible {}
