/// What is kept for those who ask, and who is to be told of what.
struct Control {
  typealias Instant = ContinuousClock.Instant

  /// What has happened to the processes of one place so far.
  final class Record {
    var starts = 0
    var lastExit: Ended?
    var lines: (output: Int, error: Int) = (0, 0)
    var history = LogHistory()
  }

  var server: ControlServer?
  private(set) var records: [String: Record] = [:]
  var waits: [ControlWait] = []
  var rolls = Rolls()
  var followers: [LogFollower] = []
  var listeners: [ControlConnection] = []
  var attachments: [Attachment] = []
  var totals = MetricsText.Totals()

  /// When a client has waited long enough, or kept us waiting.
  var deadline: Instant? {
    let limits = waits.lazy.compactMap(\.deadline)
    return (limits + [server?.deadline].compactMap { $0 }).min()
  }

  /// By what it is known by, which stays when it is called otherwise.
  mutating func record(of id: String) -> Record {
    if let record = records[id] { return record }
    let record = Record()
    records[id] = record
    return record
  }

  /// Forgets those who have gone.
  mutating func forgetClosed() {
    waits.removeAll { $0.connection.isClosed }
    followers.removeAll { $0.connection.isClosed }
    listeners.removeAll { $0.isClosed }
  }
}

/// A client that is told when processes have got where it wants them.
struct ControlWait {
  enum Aim {
    case ready, stopped
  }

  let connection: ControlConnection
  /// What the processes are known by.
  let ids: [String]
  let aim: Aim
  let began: ContinuousClock.Instant
  let deadline: ContinuousClock.Instant?
  /// The restart that has to be over first.
  var roll: Int?
}
