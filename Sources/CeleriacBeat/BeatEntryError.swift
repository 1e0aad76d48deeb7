public import CeleriacCore

/// Why an entry is refused before a beat starts.
public struct BeatEntryError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Hashable {
    /// Another entry has the same name.
    ///
    /// Name one of them differently: a broker keeps one state for each name.
    public static let duplicateName = Code("duplicate name")

    /// The schedule cannot be read.
    ///
    /// The detail shows the offending part.
    public static let invalidSchedule = Code("invalid schedule")

    /// The schedule's time zone cannot be used.
    ///
    /// Correct its name, or install the zone database.
    public static let unusableZone = Code("unusable zone")

    /// The task cannot be called without arguments.
    ///
    /// Give its parameters defaults, or write a ``BeatEntry`` that calls it with arguments.
    public static let missingArguments = Code("missing arguments")

    let text: String
    private init(_ text: String) { self.text = text }
  }

  /// What went wrong.
  public let code: Code

  /// The name of the entry.
  public let entry: String

  /// Where the entry, or its task, is written.
  public let source: SourceLocation

  /// One line for a person.
  public let detail: String

  init(_ code: Code, _ entry: BeatEntry, detail: String) {
    self.code = code
    self.entry = entry.name
    source = entry.source
    self.detail = detail
  }

  /// The entry, its place and what is wrong with it, in one line.
  public var description: String { "entry '\(entry)' at \(source): \(detail)" }
}
