import CeleriacCore
import CeleriacSchedule
import Logging

/// What a beat writes into its log: each firing, and each reason why there was none.
struct BeatReport {
  private let timetable: Timetable
  private let logger: Logger
  private var outage = Outage<Int>()

  init(_ timetable: Timetable, logger: Logger) {
    self.timetable = timetable
    self.logger = logger
  }

  /// Writes down what came of a request.
  mutating func add(_ reply: BeatReply, _ remark: BeatMachine.Remark?) {
    let entry = timetable.lines[reply.request.entry].entry
    if reply.isAnswer { outage.end(for: reply.request.entry)?.log(to: logger) }
    switch (reply.outcome, reply.request.step) {
    case (.fired(let id, let queue), .fire(let due, let since)):
      var metadata: Logger.Metadata = [
        "entry": "\(entry.name)", "task": "\(entry.task)", "task_id": "\(id)",
        "queue": "\(queue)", "due": "\(due)", "lag_ms": "\((reply.time - due).milliseconds)",
      ]
      if since < due { metadata["missed_since"] = "\(since)" }
      logger.info("entry fired", metadata: metadata)
    case (.firedBefore, .fire(let due, _)):
      logger.debug("entry was fired before", metadata: ["entry": "\(entry.name)", "due": "\(due)"])
    case (.leftOut, .leaveOut(let since, let now)):
      logger.notice(
        "missed times left out",
        metadata: ["entry": "\(entry.name)", "since": "\(since)", "through": "\(now)"])
    case (.unsendable(let error), _):
      logger.error(
        "call can't be sent; this time is left out",
        metadata: ["entry": "\(entry.name)", "reason": "\(error)"])
    case (.failed(let error), _):
      outage.begin(for: reply.request.entry, because: error)?
        .log(to: logger, ["entry": "\(entry.name)"])
    default: break
    }
    if case .clockBehind(let last) = remark {
      logger.warning(
        "entry was fired for a time to come; it waits until then",
        metadata: ["entry": "\(entry.name)", "last": "\(last)", "now": "\(reply.time)"])
    }
  }
}

extension Duration {
  /// The milliseconds, to a tenth.
  fileprivate var milliseconds: Double {
    (self / .microseconds(100)).rounded() / 10
  }
}
