import CeleriacCore
import CeleriacRedis
import CeleriacSchedule
import CeleriacWorker

/// What `worker` and `beat` say before they start, in the shape of Celery's.
enum Banner {
  static func worker(_ session: Session, runsBeat: Bool) -> String {
    let settings = session.settings
    let tasks = session.registry.all
    let prefetch = settings.prefetch.value.map { "\($0) more" } ?? "50 ms of work"
    let entries = session.entries
    var lines = ["", " \(settings.hostname.value)  \(title(session))", "", "[config]"]
    lines += Columns.lines(
      [
        [".> broker:", "\(settings.broker.value)"],
        [".> results:", Setting<RedisURL?>.results.show(settings.results.value)],
        [
          ".> concurrency:",
          "\(settings.concurrency.value), and \(prefetch) held ready",
        ],
        [".> stop:", "within \(DurationText.show(settings.stopTimeout.value))"],
      ])
    lines += ["", "[queues]"] + settings.queues.value.map { "  .> \($0)" }
    lines += ["", "[tasks]"]
    lines += tasks.isEmpty ? ["  none"] : tasks.map { "  . \($0.handle.signatureText)" }
    if !entries.isEmpty {
      lines += ["", runsBeat ? "[schedule]" : "[schedule]  sent by 'beat', not by this worker"]
      lines += Columns.lines(
        entries.map { ["  . \($0.name)", $0.schedule.description] }, indent: 0)
    }
    return lines.joined(separator: "\n") + "\n"
  }

  static func beat(_ session: Session, at now: Timestamp) -> String {
    let firings = FiringText(now: now)
    let rows = session.entries.map { entry in
      [
        "  . \(entry.name)", entry.schedule.description,
        // Only the broker knows where intervals are counted from.
        entry.schedule.zone == nil ? "" : firings.next(entry.schedule, anchor: nil),
      ]
    }
    var lines = ["", " beat  \(title(session))", "", "[config]"]
    lines.append("  .> broker:  \(session.settings.broker.value)")
    lines += ["", "[schedule]"]
    lines += rows.isEmpty ? ["  none: no task is periodic"] : Columns.lines(rows, indent: 0)
    return lines.joined(separator: "\n") + "\n"
  }

  private static func title(_ session: Session) -> String {
    "\(session.name)\(session.version.map { " \($0)" } ?? ""), Celeriac \(Release.version)"
  }
}
