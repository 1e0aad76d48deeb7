import CeleriacCore

/// The Redis keys of Celeriac's own; each begins with `celeriac:`.
///
///     celeriac:workers             zset    worker → when its lease ends, ms
///     celeriac:loans:{worker}      hash    `live`, `name`, `visible`, and batch number → the list it came from
///     celeriac:loan:{worker}:{n}   list    one batch of messages on loan; a settled one is a tombstone
///     celeriac:instance:{name}     string  a supervisor's name for a process → its worker; a day
///     celeriac:recovery            hash    `last` tick of any worker, and since when loans may be recovered
///     celeriac:scheduled:{queue}   zset    priority step and message → due, ms
///     celeriac:suspects:{n}:{queue}  list  what was on loan at n crashes, 1 to 9; see Suspects.swift
///     celeriac:dead                stream  what was given up: queue, reason, crashes, worker, message
///     celeriac:revoked             zset    call → when its revocation may be forgotten, ms
///     celeriac:beat:{entry}        hash    `last` fired instant, and for up to four schedules
///                                          `anchor:` and `used:`, all ms; 400 days
enum Keys {
  static let workers = "celeriac:workers"
  static let dead = "celeriac:dead"
  static let revoked = "celeriac:revoked"

  /// Where revocations are told: channels know no database, so it has the database's number.
  static func revocationNews(_ database: Int) -> String { "\(revoked):\(database)" }
  static let recovery = "celeriac:recovery"

  static func loans(_ worker: String) -> String { "celeriac:loans:\(worker)" }
  static func loan(_ worker: String, _ batch: Int) -> String { "celeriac:loan:\(worker):\(batch)" }
  static func scheduled(_ queue: QueueName) -> String { "celeriac:scheduled:\(queue)" }
  static func suspects(_ count: Int, _ queue: QueueName) -> String {
    "celeriac:suspects:\(count):\(queue)"
  }
  static func suspects(_ queue: QueueName) -> [String] {
    SuspectCounts.range.map { suspects($0, queue) }
  }
  /// Every list in which messages of a queue wait to be taken.
  static func waiting(_ queue: QueueName) -> [String] {
    PriorityStep.keys(of: queue) + suspects(queue)
  }
  static func beat(_ entry: String) -> String { "celeriac:beat:\(entry)" }

  /// Where Celery keeps a result, and the channel on which it says so.
  static func result(_ id: TaskID) -> String { "celery-task-meta-\(id)" }
}
