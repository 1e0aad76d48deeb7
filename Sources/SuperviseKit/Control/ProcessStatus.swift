/// What `supervise ps` says of one process.
package struct ProcessStatus: Sendable, Equatable {
  package var name: String
  package var kind: String
  /// Such as `ready`, `backoff` or `draining`.
  package var state: String
  /// What is to be known beside the state: when it starts again, what it says of itself.
  package var note: String?
  package var pid: Int?
  /// Since its process was started.
  package var up: Duration?
  package var restarts = 0
  /// How the process before this one ended: `exit code 1`, `SIGKILL`.
  package var lastExit: String?
  /// Tasks in hand, as it tells.
  package var busy: Int?
  /// The time on processors of its process and all descendants, in seconds.
  package var cpuSeconds: Double?
  package var residentBytes: Int?
  package var port: Int
  /// The beginning of its executable's build id.
  package var build: String?
  /// Whether a newer build than the one it runs on is there.
  package var isOutdated = false
  package var logLines = 0
  package var errorLines = 0

  private struct Earlier: Equatable {
    var up: Duration
    var cpuSeconds: Double
  }

  private var earlier: Earlier?

  package init(name: String, kind: String, state: String, port: Int) {
    self.name = name
    self.kind = kind
    self.state = state
    self.port = port
  }

  /// The share of one processor that it has used in percent: since the state that it was compared
  /// with, or since its start.
  package var cpuPercent: Double? {
    guard let cpuSeconds, let up else { return nil }
    let time = up - (earlier?.up ?? .zero)
    guard time > .milliseconds(1) else { return nil }
    return max(0, 100 * (cpuSeconds - (earlier?.cpuSeconds ?? 0)) / (time / .seconds(1)))
  }

  /// The same, with what the same process had used earlier.
  package func compared(with others: [ProcessStatus]) -> ProcessStatus {
    var result = self
    result.earlier = others.first { $0.pid == pid && $0.pid != nil }.flatMap { other in
      guard let up = other.up, let cpuSeconds = other.cpuSeconds else { return nil }
      return Earlier(up: up, cpuSeconds: cpuSeconds)
    }
    return result
  }
}

extension ProcessStatus {
  package var json: JSON {
    [
      "name": .string(name), "kind": .string(kind), "state": .string(state),
      "note": note.map { .string($0) }, "pid": pid.map { .integer($0) },
      "up_ms": up.map { .integer(Int($0 / .milliseconds(1))) },
      "restarts": .integer(restarts), "last_exit": lastExit.map { .string($0) },
      "busy": busy.map { .integer($0) }, "cpu_seconds": cpuSeconds.map { .number($0) },
      "rss_bytes": residentBytes.map { .integer($0) }, "port": .integer(port),
      "build": build.map { .string($0) }, "outdated": isOutdated ? true : nil,
      "log_lines": .integer(logLines), "error_lines": .integer(errorLines),
    ]
  }

  package init?(_ json: JSON) {
    guard let name = json["name"]?.text, let kind = json["kind"]?.text,
      let state = json["state"]?.text, let port = json["port"]?.integer
    else { return nil }
    self.init(name: name, kind: kind, state: state, port: port)
    note = json["note"]?.text
    pid = json["pid"]?.integer
    up = json["up_ms"]?.integer.map { .milliseconds($0) }
    restarts = json["restarts"]?.integer ?? 0
    lastExit = json["last_exit"]?.text
    busy = json["busy"]?.integer
    cpuSeconds = json["cpu_seconds"]?.number
    residentBytes = json["rss_bytes"]?.integer
    build = json["build"]?.text
    isOutdated = json["outdated"]?.bool ?? false
    logLines = json["log_lines"]?.integer ?? 0
    errorLines = json["error_lines"]?.integer ?? 0
  }
}
