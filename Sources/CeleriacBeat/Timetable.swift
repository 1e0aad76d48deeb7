public import CeleriacCore
import CeleriacSchedule

/// The entries of a beat, checked, with the time zones of their schedules.
public struct Timetable: Sendable {
  /// The entries, by name.
  public var entries: [BeatEntry] { lines.map(\.entry) }

  /// An entry, ready to be computed with.
  struct Line: Sendable {
    let entry: BeatEntry
    let zone: Zone
  }

  let lines: [Line]

  /// Collects the periodic tasks of a program, and further entries.
  ///
  /// - Parameters:
  ///   - registry: The tasks; those that are periodic become entries.
  ///   - listed: Further entries.
  ///   - zones: Where time zones come from.
  /// - Throws: ``BeatEntryError`` about the first entry that could not do what it says: rather no
  ///   beat than one that leaves something out for a month.
  public init(
    registry: TaskRegistry, adding listed: [BeatEntry] = [], zones: ZoneLoader = ZoneLoader()
  ) throws(BeatEntryError) {
    var entries: [BeatEntry] = []
    for task in registry.periodic {
      guard let entry = BeatEntry(task) else { continue }
      try Self.checkCall(of: task, by: entry)
      entries.append(entry)
    }
    entries += listed
    try self.init(entries, zones: zones)
  }

  init(_ entries: [BeatEntry], zones: ZoneLoader = ZoneLoader()) throws(BeatEntryError) {
    var lines: [String: Line] = [:]
    for entry in entries {
      if let other = lines[entry.name]?.entry {
        throw BeatEntryError(
          .duplicateName, entry,
          detail: "another entry has this name, at \(other.source); name one of them differently")
      }
      lines[entry.name] = try Self.line(of: entry, zones: zones)
    }
    self.lines = lines.values.sorted { $0.entry.name < $1.entry.name }
  }

  // Beat calls a periodic task without arguments, and so does this.
  private static func checkCall(
    of task: RegisteredTask, by entry: BeatEntry
  ) throws(BeatEntryError) {
    do {
      try task.handle.check(try Arguments(args: "[]"))
    } catch {
      throw BeatEntryError(
        .missingArguments, entry,
        detail: "\(error), and beat gives none: a parameter of a periodic task needs a default")
    }
  }

  private static func line(
    of entry: BeatEntry, zones: ZoneLoader
  ) throws(BeatEntryError) -> Line {
    do {
      try entry.schedule.validate()
    } catch {
      throw BeatEntryError(.invalidSchedule, entry, detail: error.description)
    }
    return Line(entry: entry, zone: try zone(of: entry, zones: zones))
  }

  private static func zone(
    of entry: BeatEntry, zones: ZoneLoader
  ) throws(BeatEntryError) -> Zone {
    guard let name = entry.schedule.zone else { return .utc }
    do {
      return try zones.zone(named: name)
    } catch {
      throw BeatEntryError(.unusableZone, entry, detail: error.description)
    }
  }
}
