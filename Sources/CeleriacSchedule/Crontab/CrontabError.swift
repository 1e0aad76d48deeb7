/// Why a crontab cannot be read.
public struct CrontabError: Error, Hashable {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Hashable {
    /// The text has more or fewer than five fields.
    ///
    /// Write minute, hour, day of the month, month and day of the week.
    public static let fieldCount = Code("field count")

    /// A value is no number or name of its unit.
    ///
    /// Stay within the unit's range; Sunday is 0, not 7.
    public static let invalidValue = Code("invalid value")

    /// A step is missing, zero, or follows neither `*` nor a range.
    ///
    /// Write `*/n` or `a-b/n`.
    public static let invalidStep = Code("invalid step")

    /// A list has an element without text.
    ///
    /// Remove the comma.
    public static let emptyPart = Code("empty part")

    /// No month asked for has one of the days asked for.
    ///
    /// 30 February, say: correct the day or the month.
    public static let impossibleDate = Code("impossible date")

    let text: String
    private init(_ text: String) { self.text = text }
  }

  /// What went wrong.
  public let code: Code
  /// The crontab or the field as it was written.
  public let text: String
  /// Where the offending part lies in the text, in bytes of UTF-8.
  public let range: Range<Int>
  /// One line for a person.
  public let detail: String
}

extension CrontabError: CustomStringConvertible {
  /// What is wrong, in one line: `crontab '61 * * * *': '61' is not a minute (0–59)`.
  public var description: String { "crontab '\(text)': \(detail)" }
}
