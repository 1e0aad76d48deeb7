/// Why a time zone cannot be used.
public struct ZoneError: Error, Hashable {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Hashable {
    /// The name can be none of the zone database's.
    ///
    /// Write it as `Europe/Berlin`; a name is no path.
    public static let invalidName = Code("invalid name")

    /// The zone database has no zone of that name.
    ///
    /// Check the spelling against `timedatectl list-timezones`.
    public static let unknownZone = Code("unknown zone")

    /// The zone database is not installed.
    ///
    /// Install it (`apt install tzdata`), or let `TZDIR` name its folder.
    public static let noDatabase = Code("no database")

    /// The zone's file cannot be opened or read.
    ///
    /// The detail says why: permissions, most likely.
    public static let unreadableFile = Code("unreadable file")

    /// The zone's file is no compiled zone, or counts leap seconds.
    ///
    /// Install the zone database again.
    public static let malformedFile = Code("malformed file")

    let text: String
    private init(_ text: String) { self.text = text }
  }

  /// What went wrong.
  public let code: Code
  /// The name of the zone.
  public let zone: String
  /// One line for a person.
  public let detail: String

  package init(_ code: Code, _ zone: String, detail: String) {
    self.code = code
    self.zone = zone
    self.detail = detail
  }
}

extension ZoneError: CustomStringConvertible {
  /// The zone and what is wrong with it, in one line.
  public var description: String { "time zone '\(zone)': \(detail)" }
}
