/// One field of a crontab as it is written: a number, a text such as `8-18`, or a list of them.
///
///     Crontab(minute: "*/15", hour: [8, 12, "20-22"], dayOfWeek: "mon-fri")
public struct CrontabField: Sendable, Hashable {
  let text: String

  /// A field in the syntax of Celery and cron: `*`, `*/n`, `a`, `a-b`, `a-b/n` and lists of them.
  public init(_ text: String) {
    self.text = text
  }

  /// A single value.
  public init(_ value: Int) {
    text = String(value)
  }

  /// Every value of a collection.
  public init(_ values: some Sequence<Int>) {
    text = values.map(String.init).joined(separator: ",")
  }

  /// Every value there is, `*`.
  public static let every = CrontabField("*")
}

extension CrontabField: ExpressibleByIntegerLiteral {
  /// A single value.
  public init(integerLiteral value: Int) {
    self.init(value)
  }
}

extension CrontabField: ExpressibleByStringLiteral {
  /// A field as cron writes it.
  public init(stringLiteral text: String) {
    self.init(text)
  }
}

extension CrontabField: ExpressibleByArrayLiteral {
  /// Whatever one of the elements matches.
  public init(arrayLiteral elements: CrontabField...) {
    text = elements.map(\.text).joined(separator: ",")
  }
}
