import CLinux
import Glibc

/// What those who ask are told: states, logs, events.
extension Supervisor {
  /// The states of those with these ids; of all without.
  func statuses(of ids: [String]?) -> [ProcessStatus] {
    // Whoever leaves or comes stands below the one whose place it has.
    let incumbents = placements.filter { $0.role == .incumbent }
    let others = Dictionary(grouping: placements.filter { $0.role != .incumbent }, by: \.id)
    let named = incumbents.flatMap { [$0] + others[$0.id, default: []] }
    let places = Set(incumbents.map(\.id))
    let rest = placements.filter { $0.role != .incumbent && !places.contains($0.id) }
    let wanted = ids.map(Set.init)
    return (named + rest).filter { wanted?.contains($0.id) ?? true }.map(status)
  }

  private func status(of placement: Placement) -> ProcessStatus {
    let record = control.record(of: placement.id)
    var status = ProcessStatus(
      name: placement.name, kind: placement.kind, state: placement.shown,
      port: placement.place.port)
    switch placement.role {
    case .incumbent: break
    case .successor: status.note = "to replace another"
    case .leaving: status.state = "draining"
    }
    status.restarts = max(0, record.starts - 1)
    status.lastExit = record.lastExit?.description
    status.logLines = record.lines.output
    status.errorLines = record.lines.error
    status.note = note(of: placement) ?? status.note
    if let process = placement.process ?? placement.remains.first, process.ended == nil {
      status.pid = Int(process.pid)
      status.up = now - process.startedAt
      status.busy = process.busy
      if let usage = ProcessUsage(of: process.pid) {
        status.cpuSeconds = usage.cpuSeconds
        status.residentBytes = usage.residentBytes
        if usage.isHalted { status.note = "halted" }
      }
    }
    if let image = placement.image {
      status.build = image.buildID.map { Self.hexadecimal($0.prefix(4)) }
      status.isOutdated = reloads.images[image.path].map { $0.file != image.file } ?? false
    }
    return status
  }

  private static func hexadecimal(_ bytes: ArraySlice<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }

  private func note(of placement: Placement) -> String? {
    switch placement.machine.state {
    case .backoff(let until): return "again in \(max(until - now, .zero).short)"
    case .waiting:
      let needed = placement.place.spec.options.after.filter { kind in
        placements.contains {
          $0.role == .incumbent && $0.kind == kind && !$0.machine.satisfies
        }
      }
      if !needed.isEmpty { return "for \(needed.joined(separator: ", "))" }
      if let former = former(of: placement) {
        return former.ended == nil
          ? "for the end of pid \(former.pid)" : "for the rest of pid \(former.pid)"
      }
      if builds.isFirstAwaited, placement.executable != nil { return "for the build" }
      return nil
    case .starting, .ready, .stopping: return placement.process?.statusText
    case .stopped, .done, .failed, .missing: return nil
    }
  }

  /// What keeps one of a kind that has one process at most from being started.
  private func former(of placement: Placement) -> LiveProcess? {
    guard placement.settings.singleton else { return nil }
    let own = placements.filter { $0.kind == placement.kind }
    return own.flatMap { [$0.process].compactMap { $0 } + $0.remains }.first { !$0.isGone }
  }

  /// A process has written something.
  func note(_ source: LogSource, _ bytes: UnsafeRawBufferPointer) {
    if !lineProbes.isEmpty { lookForLine(source, bytes) }
    let record = control.record(of: source.id)
    let lines = cel_count_lines(bytes.baseAddress, bytes.count)
    switch source.channel {
    case .output: record.lines.output += lines
    case .error: record.lines.error += lines
    }
    showAttached(source, bytes)
    let time = wallClock()
    record.history.note(
      bytes,
      .init(stream: source.stream, milliseconds: time, count: bytes.count))
    tellFollowers(of: source) { $0.take(bytes, from: source, at: time) }
  }

  /// Nothing more comes from there: what it has left unfinished was its last line.
  func noteEnd(of source: LogSource) {
    let time = wallClock()
    control.record(of: source.id).history.end(source.stream, at: time)
    tellFollowers(of: source) { $0.end(source, at: time) }
  }

  private func tellFollowers(of source: LogSource, _ tell: (LogFollower) -> Void) {
    for follower in control.followers where follower.wants(source) {
      let before = follower.connection.leftOut
      tell(follower)
      control.totals.droppedLines += max(0, follower.connection.leftOut - before)
    }
  }

  func show(
    _ words: [String], lines count: Int, _ following: ControlRequest.Following,
    to client: ControlConnection
  ) throws(ControlError) {
    let ids = try ids(words.isEmpty ? ["all"] : words)
    var lines: [(name: String, line: LogHistory.Line)] = []
    var unfinished: [LogHistory.Line] = []
    for (id, name) in zip(ids, names(of: ids)) {
      let tail = control.record(of: id).history.tail
      lines += tail.ended.suffix(count).map { (name, $0) }
      // Who follows gets such a line whole, when it ends.
      switch following {
      case .follows: unfinished += tail.unfinished
      case .stops: lines += tail.unfinished.map { (name, $0) }
      }
    }
    lines.sort { $0.line.milliseconds < $1.line.milliseconds }
    for (name, line) in lines.suffix(count) {
      line.bytes.withUnsafeBytes {
        client.send(
          LogFollower.encoded($0, name: name, line.stream, at: line.milliseconds))
      }
    }
    switch following {
    case .follows: control.followers.append(LogFollower(words, client, unfinished: unfinished))
    case .stops: client.answer(["ok": true])
    }
  }

  /// A process has been started.
  func noteStart(of placement: Placement) {
    control.record(of: placement.id).starts += 1
    tellListeners("started", placement)
  }

  /// A process has ended.
  func noteEnd(of placement: Placement, _ how: Ended) {
    control.record(of: placement.id).lastExit = how
    tellListeners("ended", placement, [("exit", .string(how.description))])
  }

  /// The state of a place has changed.
  func noteState(of placement: Placement, before from: String) {
    let to = placement.shown
    guard from != to else { return }
    tellListeners("state", placement, [("from", .string(from)), ("to", .string(to))])
  }

  /// A reload or restart is over.
  func noteReload(_ report: ReloadReport, text: String) {
    if report.failures.isEmpty {
      control.totals.reloads += 1
    } else {
      control.totals.failedReloads += 1
    }
    tellListeners(
      .object([
        .init(key: "event", value: "reload"), .init(key: "ms", value: .integer(wallClock())),
        .init(key: "outcome", value: report.failures.isEmpty ? "done" : "failed"),
        .init(key: "text", value: .string(text)),
      ]))
  }

  private func tellListeners(
    _ event: String, _ placement: Placement, _ fields: [(String, JSON)] = []
  ) {
    guard !control.listeners.isEmpty else { return }
    var all: [JSON.Field] = [
      .init(key: "event", value: .string(event)),
      .init(key: "ms", value: .integer(wallClock())),
      .init(key: "name", value: .string(placement.name)),
      .init(key: "kind", value: .string(placement.kind)),
    ]
    if let pid = placement.process?.pid { all.append(.init(key: "pid", value: .integer(Int(pid)))) }
    tellListeners(.object(all + fields.map { .init(key: $0, value: $1) }))
  }

  private func tellListeners(_ event: JSON) {
    for listener in control.listeners { listener.send(event) }
  }
}
