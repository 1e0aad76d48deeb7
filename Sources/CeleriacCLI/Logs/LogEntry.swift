import CeleriacSchedule
import Logging

/// One line of a log, before it has a form.
struct LogEntry {
  let time: Timestamp
  let level: Logger.Level
  let label: String
  let message: String
  let metadata: Logger.Metadata

  /// The metadata in the order in which it is read: what it is about, how it went, then the rest.
  var orderedMetadata: [(key: String, value: Logger.MetadataValue)] {
    metadata.sorted { left, right in
      (Self.rank(left.key), left.key) < (Self.rank(right.key), right.key)
    }
  }

  private static func rank(_ key: String) -> Int {
    order.firstIndex(of: key) ?? order.count
  }

  private static let order = [
    "entry", "task", "task_id", "attempt", "queue", "worker", "duration_ms", "due", "count",
    "reason",
  ]
}
