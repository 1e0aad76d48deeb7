/// A time zone: which time the clocks on the wall show at each instant.
///
/// A value without I/O: the rules come from a file of the zone database that somebody else reads,
/// see ``init(identifier:tzif:)``.
public struct Zone: Sendable, Hashable {
  /// The name, such as `Europe/Berlin`.
  public let identifier: String

  private let rules: Rules

  private enum Rules: Hashable {
    case fixed(Int)
    case table(ZoneTable)
  }

  /// Coordinated Universal Time.
  public static let utc = Zone(identifier: "UTC", rules: .fixed(0))

  /// A zone that is always the same seconds ahead of UTC, or nothing from 24 hours on.
  public init?(secondsFromUTC seconds: Int) {
    guard -86_400 < seconds, seconds < 86_400 else { return nil }
    var name: [UInt8] = []
    name.append(upTo: 9) { text in
      text.put(UInt8(ascii: seconds < 0 ? "-" : "+"))
      text.put(abs(seconds) / 3600, digits: 2)
      text.put(UInt8(ascii: ":"))
      text.put(abs(seconds) / 60 % 60, digits: 2)
      guard seconds % 60 != 0 else { return }
      text.put(UInt8(ascii: ":"))
      text.put(abs(seconds) % 60, digits: 2)
    }
    self.init(identifier: String(decoding: name, as: UTF8.self), rules: .fixed(seconds))
  }

  /// A zone whose rules are the contents of a compiled file of the zone database (RFC 9636).
  ///
  /// - Throws: ``ZoneError`` with code `malformedFile`.
  public init(identifier: String, tzif bytes: [UInt8]) throws(ZoneError) {
    do {
      self.init(identifier: identifier, rules: .table(try TZifReader.read(bytes)))
    } catch {
      throw ZoneError(.malformedFile, identifier, detail: error.detail)
    }
  }

  private init(identifier: String, rules: Rules) {
    self.identifier = identifier
    self.rules = rules
  }

  /// How many seconds the clocks are ahead of UTC then; negative west of Greenwich.
  public func secondsFromUTC(at instant: Timestamp) -> Int {
    period(at: instant.microsecondsSince1970.flooredQuotient(by: 1_000_000)).offset
  }

  /// What the clocks show then.
  public func local(at instant: Timestamp) -> CivilDateTime {
    let offset = Int64(secondsFromUTC(at: instant)) * 1_000_000
    return CivilDateTime(microseconds: instant.microsecondsSince1970 + offset)
  }

  /// The stretch of one offset around an instant given in seconds since 1970.
  func period(at seconds: Int64) -> ZonePeriod {
    switch rules {
    case .fixed(let offset): ZonePeriod(offset: offset)
    case .table(let table): table.period(at: seconds)
    }
  }
}

extension Zone: CustomStringConvertible {
  /// The name.
  public var description: String { identifier }
}
