/// Between the plan of a reload and the processes.
extension Supervisor {
  /// Tells the plan what has happened, and does what it answers.
  ///
  /// Doing it may be news for the plan again; that waits until the answer is done with.
  func tellPlan(_ event: ReloadPlan.Event) {
    reloads.events.append(event)
    guard !reloads.isTelling else { return }
    reloads.isTelling = true
    while !reloads.events.isEmpty, shutdown == nil {
      let event = reloads.events.removeFirst()
      for action in reloads.plan.receive(event, at: now) { perform(action) }
    }
    reloads.isTelling = false
    if !reloads.plan.isReloading {
      reloads.renewals = [:]
      reloads.reasons = [:]
    }
    isUnsettled = true
  }

  private func perform(_ action: ReloadPlan.Action) {
    switch action {
    case .stop(let name): stopForReload(name)
    case .start(let name, let build): startOnTrial(name, build)
    case .drain(let name): drain(name)
    case .signal(let name, let number, let build): signal(name, number, build)
    case .abandon(let name): abandon(name)
    case .restore(let name, let build): restore(name, build)
    case .heldUp(let name): waitForFormer(of: name)
    case .unchanged:
      if builds.saysUnchanged { log.say("the build has brought nothing new") }
    case .report(let report): reloadIsOver(report)
    case .again(let sources): lookAgain(at: sources)
    }
  }

  private func stopForReload(_ name: String) {
    guard let placement = incumbent(name) else { return tellPlan(.withdrawn(name)) }
    let runs = placement.machine.isAlive
    tell(placement, .restart)
    if !runs { tellPlan(.ended(name)) }
  }

  /// It changes over by itself; what it starts from, should it ever have to, is the new build.
  private func signal(_ name: String, _ number: Int32, _ build: FileIdentity) {
    guard let placement = incumbent(name) else { return }
    use(build, for: placement)
    log.say("\(placement.name) gets \(SignalName.text(number))")
    placement.process?.pass(on: number)
  }

  private func startOnTrial(_ name: String, _ build: FileIdentity) {
    guard let placement = incumbent(name) else { return tellPlan(.withdrawn(name)) }
    let renewal = reloads.renewals[placement.id]
    guard placement.machine.isAlive else {
      if let renewal { placement.tryOut(renewal) }
      use(build, for: placement)
      placement.isOnTrial = true
      return
    }
    let successor = Placement(succeeding: placement, as: renewal, seed: nextSeed())
    use(build, for: successor)
    successor.isOnTrial = true
    placements.append(successor)
    tell(successor, .start)
  }

  /// Where the reason is no new executable, the last good one will do, even if its path is away.
  ///
  /// A script that lies where an executable was is started by its path.
  private func use(_ build: FileIdentity, for placement: Placement) {
    if let image = reloads.byIdentity[build], image.path == placement.executable {
      placement.use(build, image)
    } else if let script = placement.executable.flatMap({ reloads.images.script(at: $0) }) {
      placement.use(script, nil)
    } else if let image = placement.executable.flatMap({ reloads.images[$0] }) {
      placement.use(image.file, image)
    } else {
      placement.use(build, nil)
    }
  }

  /// A process is ready; it may be one that a reload has started.
  func isReadyForReload(_ placement: Placement) {
    guard placement.isOnTrial else { return }
    placement.isOnTrial = false
    placement.endTrial()
    if reloads.renewals[placement.id]?.isSameWork(as: placement.assignment) ?? false {
      reloads.renewals[placement.id] = nil
    }
    if placement.role == .successor { takeOver(placement) }
    tellPlan(.ready(placement.id))
  }

  /// The successor becomes the incumbent; the former one stays until it is told to drain.
  private func takeOver(_ successor: Placement) {
    guard let old = incumbent(successor.id),
      let place = placements.firstIndex(where: { $0 === old })
    else { return }
    placements.removeAll { $0 === successor }
    placements[place] = successor
    successor.role = .incumbent
    old.role = .leaving
    placements.append(old)
    if !old.hasRemains { hasLeft(old) }
  }

  private func drain(_ name: String) {
    let old = placements.last { $0.role == .leaving && $0.id == name && !$0.machine.isOver }
    guard let old else { return tellPlan(.drained(name)) }
    tell(old, .stop)
  }

  /// One that finishes work of before the last reload is in the way of the next one.
  ///
  /// Where somebody develops it is not waited for: a worker gives back what it has in hand.
  private func waitForFormer(of id: String) {
    for former in placements where former.role == .leaving && former.id == id {
      for process in [former.process].compactMap({ $0 }) + former.remains where !process.isGone {
        let text = "\(former.name) pid \(process.pid) still finishes what it had in hand"
        switch options.mode {
        case .development:
          log.say("\(text) before the last reload; not waiting any longer")
          press(process, at: .pressing)
        case .production:
          let left = process.escalation.map { " (\(max($0.deadline - now, .zero).short) at most)" }
          log.say("\(text); \(former.name) is replaced again after it\(left ?? "")")
        }
      }
    }
  }

  /// Nothing is left of a placement that was replaced.
  func hasLeft(_ placement: Placement) {
    placements.removeAll { $0 === placement }
    tellPlan(.drained(placement.id))
  }

  private func abandon(_ name: String) {
    let reason = "a newer build is there"
    if let successor = placements.first(where: { $0.role == .successor && $0.id == name }) {
      tell(successor, .stop)
      if !successor.hasRemains { dismiss(successor, because: reason) }
    } else if let placement = incumbent(name) {
      let runs = placement.machine.isAlive
      tell(placement, .restart)
      if !runs {
        placement.isOnTrial = false
        tellPlan(.failed(name, reason: reason))
      }
    }
  }

  private func dismiss(_ successor: Placement, because reason: String) {
    successor.role = .leaving
    if !successor.hasRemains { placements.removeAll { $0 === successor } }
    tellPlan(.failed(successor.id, reason: reason))
  }

  private func restore(_ name: String, _ build: FileIdentity) {
    guard let placement = incumbent(name) else { return }
    placement.giveUpTrial()
    use(build, for: placement)
    placement.isOnTrial = false
    tell(placement, .start)
  }

  /// Whether the end of a process is the reload's business; if so, it has been seen to.
  func reloadTakes(theEndOf placement: Placement, _ how: Ended) -> Bool {
    guard shutdown == nil else { return false }
    switch placement.role {
    case .successor:
      tell(placement, .stop)
      tell(placement, .ended(how))
      dismiss(placement, because: how.description)
      return true
    case .leaving:
      return false
    case .incumbent:
      guard reloads.plan.isReplacing(placement.id) else { return false }
    }
    if placement.isOnTrial {
      placement.isOnTrial = false
      tell(placement, .restart)
      tell(placement, .ended(how))
      tellPlan(.failed(placement.id, reason: how.description))
    } else {
      // Told to stop, or dead by itself while its successor gets ready.
      if placements.contains(where: { $0.role == .successor && $0.id == placement.id }) {
        tell(placement, .stop)
      }
      tell(placement, .ended(how))
      tellPlan(.ended(placement.id))
    }
    return true
  }

  private func reloadIsOver(_ report: ReloadReport) {
    if !endsRoll(report) {
      log.say("\(report)")
      noteReload(report, text: "\(report)")
    }
    for failure in report.failures where failure.isCanary {
      guard let image = incumbent(failure.name)?.image else { continue }
      reloads.images.revert(to: image)
    }
    if report.failures.isEmpty { forgetImagesBeforeScripts(report.executables) }
    let used = Set(placements.compactMap(\.build))
    reloads.byIdentity = reloads.byIdentity.filter { used.contains($0.key) }
  }

  private func forgetImagesBeforeScripts(_ paths: [String]) {
    for path in paths {
      guard let script = reloads.images.script(at: path),
        placements.contains(where: { $0.executable == path && $0.build == script })
      else { continue }
      reloads.images.forgetImage(before: script, at: path)
    }
  }
}

extension Placement {
  func use(_ build: FileIdentity, _ image: ExecutableImage?) {
    self.build = build
    self.image = image
  }
}
