import Glibc

/// The commands that change what runs.
extension Supervisor {
  func refuseAtTheEnd() throws(ControlError) {
    guard shutdown == nil else {
      throw ControlError(.refused, "supervise is stopping everything")
    }
  }

  func orderStart(
    of words: [String], _ completion: ControlRequest.Completion, for client: ControlConnection
  ) throws(ControlError) {
    try refuseAtTheEnd()
    let ids = try ids(words)
    let resting = ids.compactMap(incumbent).filter { !$0.isWanted }
    if !resting.isEmpty { log.say("starting \(list(resting.map(\.id))), as asked") }
    for placement in resting { tell(placement, .start) }
    wait(until: .ready, ids, completion, for: client)
  }

  func orderStop(
    of words: [String], _ completion: ControlRequest.Completion, for client: ControlConnection
  ) throws(ControlError) {
    let ids = try ids(words)
    if shutdown == nil { log.say("stopping \(list(ids)), as asked") }
    for id in ids { stopForGood(id) }
    wait(until: .stopped, ids, completion, for: client)
  }

  /// Stops a process until somebody asks for it again, whatever a reload had in mind for it.
  func stopForGood(_ id: String) {
    tellPlan(.withdrawn(id))
    for placement in placements where placement.id == id {
      placement.isOnTrial = false
      switch placement.role {
      case .incumbent: tell(placement, .stop)
      case .leaving: break
      case .successor:
        placement.role = .leaving
        tell(placement, .stop)
        if !placement.hasRemains { hasLeft(placement) }
      }
    }
  }

  func orderRestart(
    of words: [String], _ completion: ControlRequest.Completion, for client: ControlConnection
  ) throws(ControlError) {
    try refuseAtTheEnd()
    let ids = try ids(words)
    let roll = roll(ids.compactMap(incumbent), because: "restart")
    wait(until: .ready, ids, completion, roll: roll, for: client)
  }

  func orderReload(for client: ControlConnection) throws(ControlError) {
    try refuseAtTheEnd()
    do throws(ConfigurationError) {
      client.answer(["ok": true, "doing": .string(try reloadNow())])
    } catch {
      throw ControlError(.refused, "\(error); what runs goes on as it is")
    }
  }

  /// Looks at what lies on disk, by whatever way the mode has; what that is, for a person.
  @discardableResult
  func reloadNow() throws(ConfigurationError) -> String {
    switch options.mode {
    case .production:
      try replaceAll(because: "supervise reload")
      return "replacing what runs"
    case .development:
      if options.builds {
        buildAsAsked()
        return "building; what is new is reloaded"
      }
      guard placements.contains(where: { $0.executable != nil }) else {
        log.say("restarting, as asked")
        restartAll(because: "reload", sparing: ReloadPolicy.none)
        return "restarting what reads the sources"
      }
      log.say("looking for new executables, as asked")
      lookAtAll()
      return "looking for what is new"
    }
  }

  func orderSignal(
    _ number: Int32, to words: [String], for client: ControlConnection
  ) throws(ControlError) {
    let ids = try ids(words)
    let running = ids.filter { id in
      guard let process = incumbent(id)?.process, process.ended == nil else { return false }
      process.pass(on: number)
      return true
    }
    guard !running.isEmpty else {
      throw ControlError(.refused, "\(list(ids)) \(ids.count == 1 ? "does" : "do") not run")
    }
    log.say("sent \(SignalName.text(number)) to \(list(running)), as asked")
    client.answer(["ok": true, "done": .array(names(of: running).map(JSON.string))])
  }
}

extension Placement {
  /// Whether its process runs, or is going to without being asked for.
  fileprivate var isWanted: Bool {
    switch machine.state {
    case .waiting, .starting, .ready, .stopping(.restart), .stopping(.unready),
      .stopping(.silent):
      true
    case .stopped, .stopping(.stay), .done, .failed, .missing, .backoff: false
    }
  }
}
