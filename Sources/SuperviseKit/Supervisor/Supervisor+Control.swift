import Glibc

/// Between the control socket and the processes.
extension Supervisor {
  /// Begins to listen for commands; without a socket it runs as well.
  func openControl() {
    do throws(SystemError) {
      let server = try ControlServer(
        at: ControlAddress.path(in: options.directory), loop: loop)
      server.onRequest = { [unowned self] in receive($0, from: $1) }
      control.server = server
    } catch {
      log.say("\(error); commands such as 'supervise ps' cannot reach this one")
    }
    log.onOutput = { [unowned self] in note($0, $1) }
    log.onEnd = { [unowned self] in noteEnd(of: $0) }
  }

  /// The path is given back; whoever still waits learns of the end by the end of its connection.
  func closeControl() {
    control.server?.close()
  }

  private func receive(_ request: ControlRequest, from client: ControlConnection) {
    now = .now
    isUnsettled = true
    do throws(ControlError) {
      try carryOut(request, for: client)
    } catch {
      client.refuse(error)
    }
  }

  private func carryOut(
    _ request: ControlRequest, for client: ControlConnection
  ) throws(ControlError) {
    switch request {
    case .status(let words):
      let rows = try statuses(of: words.isEmpty ? nil : ids(words))
      client.answer(["ok": true, "processes": .array(rows.map(\.json))])
    case .metrics:
      control.totals.droppedClients = control.server?.dropped ?? 0
      control.totals.droppedLogLines = log.droppedCount
      let text = MetricsText(statuses(of: nil), control.totals).text
      client.answer(["ok": true, "text": .string(text)])
    case .events:
      control.listeners.append(client)
      client.send(["event": "listening", "ms": .integer(wallClock())])
    case .logs(let words, let lines, let following):
      try show(words, lines: lines, following, to: client)
    case .start(let words, let completion):
      try orderStart(of: words, completion, for: client)
    case .stop(let words, let completion):
      try orderStop(of: words, completion, for: client)
    case .restart(let words, let completion):
      try orderRestart(of: words, completion, for: client)
    case .reload:
      try orderReload(for: client)
    case .signal(let number, let words):
      try orderSignal(number, to: words, for: client)
    case .scale(let shares):
      try orderScale(shares, for: client)
    case .wait(let words, let limit):
      wait(until: .ready, try ids(words), .reached(within: limit), for: client)
    case .attach(let word, let size):
      try orderAttachment(to: word, size, for: client)
    case .resize(let word, let size):
      try orderSize(of: word, size)
      client.answer(["ok": true])
    case .quit:
      stopAll(because: "supervise quit")
      client.answer(["ok": true, "pid": .integer(Int(getpid()))])
    }
  }

  /// What the processes that are meant are known by, whatever they are called.
  func ids(_ words: [String]) throws(ControlError) -> [String] {
    let names = Names(
      placements.filter { $0.role == .incumbent }.map {
        Names.Candidate(name: $0.name, kind: $0.kind, place: $0.id)
      })
    return try names.resolve(words).map(\.place)
  }

  /// What those are called that are known by these.
  func list(_ ids: [String]) -> String { names(of: ids).joined(separator: ", ") }

  func name(of id: String) -> String { incumbent(id)?.name ?? id }

  /// The same for many at once.
  func names(of ids: [String]) -> [String] {
    let incumbents = incumbentsByID
    return ids.map { incumbents[$0]?.name ?? $0 }
  }

  private var incumbentsByID: [String: Placement] {
    let incumbents = placements.filter { $0.role == .incumbent }
    return Dictionary(incumbents.map { ($0.id, $0) }) { first, _ in first }
  }

  /// Answers when the processes have got there, or at once where nobody waits for it.
  func wait(
    until aim: ControlWait.Aim, _ ids: [String], _ completion: ControlRequest.Completion,
    roll: Int? = nil, for client: ControlConnection
  ) {
    switch completion {
    case .accepted: answer(client, ids)
    case .reached(let limit):
      control.waits.append(
        ControlWait(
          connection: client, ids: ids, aim: aim, began: now,
          deadline: limit.map { now + $0 }, roll: roll))
    }
  }

  private func answer(_ client: ControlConnection, _ ids: [String], began: Instant? = nil) {
    client.answer([
      "ok": true, "done": .array(names(of: ids).map(JSON.string)),
      "took_ms": began.map { .integer(Int((now - $0) / .milliseconds(1))) },
    ])
  }

  /// After each round: tells those whose processes have got there, and what is due.
  func settleControl() {
    control.forgetClosed()
    endAttachments()
    let waits = control.waits
    control.waits = waits.filter { wait in
      switch outcome(of: wait) {
      case nil: return true
      case .success: answer(wait.connection, wait.ids, began: wait.began)
      case .failure(let error): wait.connection.refuse(error)
      }
      return false
    }
    control.server?.timeIs(now)
    control.server?.flush()
  }

  private func outcome(of wait: ControlWait) -> Result<Void, ControlError>? {
    if shutdown != nil, wait.aim == .ready {
      return .failure(ControlError(.failed, "supervise is stopping everything"))
    }
    let isRolling = wait.roll.map(control.rolls.isOn) ?? false
    let incumbents = incumbentsByID
    let missing = wait.ids.filter { !hasReached(wait.aim, incumbents[$0]) }
    if missing.isEmpty, !isRolling { return .success(()) }
    if wait.aim == .ready, !isRolling {
      for id in missing {
        if let reason = cannotBeReady(id, incumbents[id]) {
          return .failure(ControlError(.failed, "\(name(of: id)) \(reason)"))
        }
      }
    }
    guard let deadline = wait.deadline, now >= deadline else { return nil }
    let states = missing.map { id in
      incumbents[id].map { "\($0.name) is \($0.machine.state.word)" } ?? "\(id) is gone"
    }
    return .failure(
      ControlError(
        .timedOut,
        "not \(wait.aim == .ready ? "ready" : "stopped") within"
          + " \((deadline - wait.began).short): \(states.joined(separator: ", "))"))
  }

  private func hasReached(_ aim: ControlWait.Aim, _ placement: Placement?) -> Bool {
    guard let placement else { return aim == .stopped }
    switch aim {
    case .ready: return placement.isReadyOrDone
    case .stopped: return placement.machine.isOver && !placement.hasRemains
    }
  }

  /// Why a process is not going to be ready without somebody doing something.
  private func cannotBeReady(_ id: String, _ placement: Placement?) -> String? {
    guard let placement else { return "is no more" }
    let last = control.record(of: id).lastExit.map { ": \($0)" } ?? ""
    switch placement.machine.state {
    case .failed: return "was given up on\(last)"
    case .missing: return "cannot be started; the log says why"
    case .stopped: return "is stopped; 'supervise start \(placement.name)' starts it"
    case .stopping(.stay): return "is being stopped"
    case .waiting: return obstacle(of: placement).map { "waits for \($0.name), which \($0.reason)" }
    case .starting, .ready, .backoff, .stopping, .done: return nil
    }
  }
}
