/// Why a schedule never falls due.
public struct ScheduleError: Error, Hashable {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Hashable {
    /// The crontab cannot be read.
    ///
    /// The underlying error locates the offending part.
    public static let invalidCrontab = Code("invalid crontab")

    /// The time of day cannot be read.
    ///
    /// Write hours and minutes: `07:30`.
    public static let invalidTime = Code("invalid time")

    /// The interval is zero, negative or below a millisecond.
    ///
    /// Choose a longer one.
    public static let invalidInterval = Code("invalid interval")

    let text: String
    private init(_ text: String) { self.text = text }
  }

  /// What went wrong.
  public let code: Code
  /// The schedule as it was written.
  public let schedule: String
  /// One line for a person.
  public let detail: String
  /// The error of the crontab, where it is one.
  public let underlying: CrontabError?

  init(_ code: Code, _ schedule: String, detail: String) {
    self.code = code
    self.schedule = schedule
    self.detail = detail
    underlying = nil
  }

  init(_ crontab: String, in zone: String, _ error: CrontabError) {
    code = .invalidCrontab
    schedule = "\(crontab) \(zone)"
    detail = error.detail
    underlying = error
  }
}

extension ScheduleError: CustomStringConvertible {
  /// The schedule and what is wrong with it, in one line.
  public var description: String { "schedule '\(schedule)': \(detail)" }
}
