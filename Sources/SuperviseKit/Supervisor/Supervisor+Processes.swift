import CLinux
import Glibc

extension Supervisor {
  /// Tells a machine what has happened, and does what it answers.
  func tell(_ placement: Placement, _ event: ProcessMachine.Event) {
    let before = placement.shown
    let actions = placement.machine.receive(event, at: now)
    isUnsettled = true
    noteState(of: placement, before: before)
    for action in actions { perform(action, for: placement) }
  }

  private func perform(_ action: ProcessMachine.Action, for placement: Placement) {
    switch action {
    case .spawn: spawn(placement)
    case .stop: beginStop(placement)
    case .abort: abort(placement)
    case .ready(let delay): isReady(placement, after: delay)
    case .announceEnd(let ended, let next): announce(placement, ended, next)
    case .announceStartLimit:
      log.sayAlarm(
        "\(placement.name) \(placement.settings.ready.complaint(placement.environment)) within"
          + " \(placement.settings.startLimit.short); stopping it (ready-timeout= allows more)")
    case .announceSilence:
      let limit = placement.settings.watchdog?.short ?? ""
      log.sayAlarm("\(placement.name) has not written WATCHDOG=1 for \(limit); ending it")
    case .endAll(let code):
      if shutdown == nil { exitCode = code }
      stopAll(because: "\(placement.name) has ended")
    }
  }

  /// Starts those whose dependencies are ready and whose predecessors are gone.
  func startFree() {
    guard shutdown == nil else { return }
    for placement in placements where placement.machine.state == .waiting {
      guard dependenciesAreReady(placement) else { continue }
      if placement.settings.singleton, somethingIsLeft(of: placement.kind) { continue }
      if builds.isFirstAwaited, placement.executable != nil { continue }
      if placement.machine.isReturning, !restartLimit.admits(at: now) { continue }
      tell(placement, .free)
    }
  }

  /// Of a kind that has one process at most, also of one that was taken out of the Procfile.
  private func somethingIsLeft(of kind: String) -> Bool {
    placements.contains { $0.kind == kind && $0.hasRemains }
  }

  private func dependenciesAreReady(_ placement: Placement) -> Bool {
    let after = placement.place.spec.options.after
    return after.isEmpty
      || placements.allSatisfy { other in
        other.role != .incumbent || other.machine.satisfies || !after.contains(other.kind)
      }
  }

  private func spawn(_ placement: Placement) {
    if let former = placement.process, !former.isGone { placement.remains.append(former) }
    placement.process = nil
    guard findImage(for: placement) else {
      if !reloadTakes(theEndOf: placement, .neverStarted(ENOENT)) { tell(placement, .missing) }
      return
    }
    let id = nextID()
    var request: SpawnRequest
    do throws(OptionError) {
      request = try self.request(for: placement, id: id)
    } catch {
      log.say("\(placement.name): \(error.detail)")
      return hasEnded(placement, .neverStarted(EPERM))
    }
    request.cgroup = cgroups?.make("\(placement.id)-\(spawnCount)")
    do throws(SystemError) {
      let process = try spawner.spawn(request)
      log.say("\(placement.name) started, pid \(process.pid)")
      placement.process = take(
        process, id: id, name: placement.name, kind: placement.kind, .place(placement),
        request.cgroup)
      noteStart(of: placement)
      beginProbe(of: placement)
    } catch {
      if let cgroup = request.cgroup { cgroups?.release(cgroup) }
      hasEnded(placement, .neverStarted(error.number))
    }
  }

  private func request(
    for placement: Placement, id: String
  ) throws(OptionError) -> SpawnRequest {
    var environment = placement.environment.setting([("SUPERVISE_ID", id)])
    // Nobody else's either: this supervisor may itself be supervised.
    environment["SUPERVISE_PREDECESSOR"] =
      placement.dead.isEmpty ? nil : placement.dead.joined(separator: " ")
    if let server = control.server { environment["SUPERVISE_SOCKET"] = server.path }
    environment["NOTIFY_SOCKET"] = notifySocket?.name
    if let watchdog = placement.settings.watchdog {
      environment["WATCHDOG_USEC"] = String(Int(watchdog / .microseconds(1)))
    }
    // Once more, for the command may name what is this very process's.
    let command = Command(placement.place.spec.command) { environment[$0] }
    var request = SpawnRequest(
      arguments: command.arguments, environment: environment, directory: placement.directory)
    request.surroundings = placement.place.spec.options.surroundings
      .completed(by: descriptorLimit)
    if placement.place.spec.options.pty { request.terminal = sizeOfTerminals }
    request.account = try Account(request.surroundings)
    // A shell or `env` starts it by path; only the program itself can be started as an image.
    if command.isDirect { request.image = placement.image }
    return request
  }

  /// Keeps account of a new process and reads its pipes.
  func take(
    _ spawned: Spawned, id: String, name: String, kind: String, _ owner: LiveProcess.Owner,
    _ cgroup: Cgroup? = nil
  ) -> LiveProcess {
    let process = LiveProcess(
      id: id, name: name, owner: owner, spawned: spawned, cgroup: cgroup, now: now)
    processes[process.pid] = process
    processGuard?.watch(process.pid, patience: process.stopTimeout)
    if process.isOfPlace {
      for (descriptor, channel) in spawned.outputs {
        let pipe = log.open(
          descriptor, id: process.place, name: name, kind: kind, pid: process.pid, channel
        ) {
          [unowned self, unowned process] in closePipe(of: process, descriptor)
        }
        process.pipes.append(pipe)
      }
    }
    loop.watch(spawned.status.number) { [unowned self, unowned process] in
      readStatus(of: process)
    }
    return process
  }

  private func closePipe(of process: LiveProcess, _ descriptor: Descriptor) {
    for pipe in process.pipes where pipe.descriptor === descriptor {
      process.lastLines += log.lastLines(of: pipe)
      log.close(pipe)
    }
    process.pipes.removeAll { $0.descriptor === descriptor }
  }

  /// The place of a process, as long as it is the one that fills it.
  func owner(of process: LiveProcess) -> Placement? {
    guard case .place(let placement) = process.owner, placement.process === process else {
      return nil
    }
    return placement
  }

  private func isReady(_ placement: Placement, after delay: Duration) {
    placement.dead = []
    endProbe(of: placement)
    if placement.settings.ready != .settled, placement.settings.ready != .started {
      log.say("\(placement.name) is ready after \(delay.short)")
    }
    noteLoaded(by: placement)
    isReadyForReload(placement)
  }

  /// The process of a placement has ended, or never came to be.
  func hasEnded(_ placement: Placement, _ how: Ended) {
    endProbe(of: placement)
    noteEnd(of: placement, how)
    // To have ended is what it was to do.
    if placement.settings.ready == .done, how.isWell(placement.settings), shutdown == nil {
      isReadyForReload(placement)
    }
    if reloadTakes(theEndOf: placement, placement.machine.verdict(on: how)) { return }
    tell(placement, .ended(how))
  }

  /// Whether a change of a file could bring back what has ended.
  var mayReturn: Bool { options.reloads && reloads.isWatching }

  /// Without anything that runs, waits or could come back there is nothing to supervise.
  func endIfNothingIsLeft() {
    guard !mayReturn, processes.isEmpty, !placements.isEmpty else { return }
    let states = placements.map(\.machine.state)
    // What somebody has stopped somebody may start again.
    guard !states.contains(.stopped),
      placements.allSatisfy({
        [.done, .failed, .missing].contains($0.machine.state) || obstacle(of: $0) != nil
      })
    else { return }
    if states.contains(.failed) || states.contains(.missing), exitCode == ExitCode.ended {
      exitCode = ExitCode.failed
    }
    let isBlocked = states.contains(.waiting)
    stopAll(because: isBlocked ? "nothing is left that could run" : "all processes have ended")
  }
}
