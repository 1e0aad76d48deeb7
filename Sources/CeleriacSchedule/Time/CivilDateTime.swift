/// What calendar and clock on the wall show: a local time, without saying where.
///
/// In a zone such a time may exist once, twice or not at all; see ``Zone/instants(for:)``.
public struct CivilDateTime: Sendable, Hashable {
  /// The microseconds from 1970-01-01T00:00:00 on the same wall.
  let microseconds: Int64

  init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// A time of a day, or nothing if no clock shows it.
  public init?(
    _ date: CivilDate, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) {
    guard 0...23 ~= hour, 0...59 ~= minute, 0...59 ~= second, 0...999_999 ~= microsecond else {
      return nil
    }
    let seconds = date.daysSince1970 * 86_400 + hour * 3600 + minute * 60 + second
    microseconds = Int64(seconds) * 1_000_000 + Int64(microsecond)
  }

  /// The day.
  public var date: CivilDate {
    CivilDate(daysSince1970: Int(microseconds.flooredQuotient(by: 86_400_000_000)))
  }

  /// The hour, 0–23.
  public var hour: Int { secondOfDay / 3600 }

  /// The minute, 0–59.
  public var minute: Int { secondOfDay / 60 % 60 }

  /// The second, 0–59.
  public var second: Int { secondOfDay % 60 }

  /// The microsecond, 0–999 999.
  public var microsecond: Int { Int(microseconds.flooredRemainder(by: 1_000_000)) }

  /// The whole seconds from 1970-01-01T00:00:00 on the same wall.
  var seconds: Int64 { microseconds.flooredQuotient(by: 1_000_000) }

  private var secondOfDay: Int { Int(seconds.flooredRemainder(by: 86_400)) }
}

extension CivilDateTime: Comparable {
  /// Whether the left time is earlier.
  public static func < (left: CivilDateTime, right: CivilDateTime) -> Bool {
    left.microseconds < right.microseconds
  }
}

extension CivilDateTime: CustomStringConvertible {
  /// The time as `2026-11-22T09:48:38`, with six digits of fraction when there is one.
  public var description: String {
    var bytes: [UInt8] = []
    bytes.append(self)
    return String(decoding: bytes, as: UTF8.self)
  }
}
