import CLinux
import Glibc

extension Supervisor {
  /// Tells a machine what has happened, and does what it answers.
  func tell(_ placement: Placement, _ event: ProcessMachine.Event) {
    let actions = placement.machine.receive(event, at: now)
    isUnsettled = true
    for action in actions { perform(action, for: placement) }
  }

  private func perform(_ action: ProcessMachine.Action, for placement: Placement) {
    switch action {
    case .askWhetherFree: isUnsettled = true
    case .spawn: spawnCurrent(of: placement)
    case .stop: beginStop(placement)
    case .clearGroup: break
    case .announceReady: placement.dead = []
    case .announceEnd(let ended, let ran, let next): announce(placement, ended, ran, next)
    case .announceStartLimit: log.say("\(placement.name) was not ready within its start limit")
    case .endAll(let code):
      exitCode = code
      stopAll(because: "\(placement.name) has ended")
    }
  }

  /// Starts those whose dependencies are ready and whose predecessors are gone.
  func startFree() {
    guard shutdown == nil else { return }
    for placement in placements where placement.machine.state == .waiting {
      guard dependenciesAreReady(placement) else { continue }
      if placement.settings.singleton, !placement.processes.isEmpty { continue }
      tell(placement, .free)
    }
  }

  private func dependenciesAreReady(_ placement: Placement) -> Bool {
    placements.allSatisfy { other in
      !placement.place.spec.options.after.contains(other.kind) || other.machine.satisfies
    }
  }

  private func spawnCurrent(of placement: Placement) {
    let predecessor = placement.current
    if let predecessor { placement.retiring.append(predecessor) }
    placement.current = nil
    do throws(SystemError) {
      let process = try start(placement)
      placement.current = process
      log.say("\(placement.name) started, pid \(process.pid)")
    } catch {
      tell(placement, .ended(.neverStarted(error.number)))
    }
  }

  func start(_ placement: Placement) throws(SystemError) -> LiveProcess {
    let id = nextID()
    var environment = placement.environment.setting([("SUPERVISE_ID", id)])
    if !placement.dead.isEmpty {
      environment["SUPERVISE_PREDECESSOR"] = placement.dead.joined(separator: " ")
    }
    let request = SpawnRequest(
      arguments: placement.command.arguments, environment: environment,
      directory: options.directory)
    return try start(
      request, id: id, name: placement.name, kind: placement.kind, .place(placement))
  }

  func start(
    _ request: SpawnRequest, id: String, name: String, kind: String, _ owner: LiveProcess.Owner
  ) throws(SystemError) -> LiveProcess {
    let spawned = try spawner.spawn(request)
    let process = LiveProcess(id: id, name: name, owner: owner, spawned: spawned, now: now)
    processes[process.pid] = process
    for (descriptor, channel) in [(spawned.output, .output), (spawned.error, .error)]
      as [(Descriptor, LogMerger.Channel)]
    {
      let pipe = log.open(descriptor, name: name, kind: kind, pid: process.pid, channel) {
        [unowned self, unowned process] in closePipe(of: process, descriptor)
      }
      process.pipes.append(pipe)
    }
    loop.watch(spawned.status.number) { [unowned self, unowned process] in
      readStatus(of: process)
    }
    return process
  }

  private func closePipe(of process: LiveProcess, _ descriptor: Descriptor) {
    for pipe in process.pipes where pipe.descriptor === descriptor { log.close(pipe) }
    process.pipes.removeAll { $0.descriptor === descriptor }
  }

  private func readStatus(of process: LiveProcess) {
    guard let status = process.status else { return }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(status.number, &bytes, bytes.count)
    if count < 0, errno == EAGAIN || errno == EINTR { return }
    guard count > 0 else {
      loop.unwatch(status.number)
      process.status = nil
      return
    }
    for message in process.statusReader.take(bytes[..<count]) { receive(message, from: process) }
  }

  private func receive(_ message: StatusMessage, from process: LiveProcess) {
    switch message {
    case .ready:
      guard case .place(let placement) = process.owner else { return }
      if placement.current === process { tell(placement, .becameReady) }
    case .busy(let count): process.busy = count
    case .status(let text): process.statusText = text
    case .stopping, .watchdog: break
    }
  }

  /// Reaps all that has ended, adopted orphans included.
  func reap() {
    var ended = cel_ended()
    while cel_reap(&ended) == 1 {
      guard let process = processes[ended.pid], process.ended == nil else { continue }
      let how: Ended = ended.signal != 0 ? .signalled(ended.signal) : .exited(ended.code)
      leaderEnded(process, how)
    }
    for process in processes.values where process.ended != nil { checkGroup(of: process) }
    isUnsettled = true
  }

  private func leaderEnded(_ process: LiveProcess, _ how: Ended) {
    process.ended = how
    if process.groupHasMembers {
      if process.escalation == nil {
        process.escalation = StopEscalation(restOfGroupAt: now)
        process.send(.init(number: SIGTERM, group: true))
      } else if let signal = process.escalation?.leaderEnded(at: now) {
        process.send(signal)
      }
    } else {
      isGone(process)
    }
    guard case .place(let placement) = process.owner else { return }
    if placement.current === process {
      if process.isGone {
        placement.dead.insert(process.id, at: 0)
        placement.current = nil
      }
      tell(placement, .ended(how))
    }
  }

  func checkGroup(of process: LiveProcess) {
    guard process.ended != nil, !process.isGone, !process.groupHasMembers else { return }
    isGone(process)
    if case .place(let placement) = process.owner {
      if placement.current === process { placement.current = nil }
      placement.dead.insert(process.id, at: 0)
    }
  }

  /// Neither it nor its group is left.
  private func isGone(_ process: LiveProcess) {
    process.isGone = true
    process.escalation = nil
    processes[process.pid] = nil
    if process.wasKilled { exitCode = exitCode == 0 ? ExitCode.killed : exitCode }
    if let status = process.status { loop.unwatch(status.number) }
    process.status = nil
    process.closePipesAt = now + .milliseconds(100)
    draining.append(process)
    if case .place(let placement) = process.owner {
      placement.retiring.removeAll { $0 === process }
    }
    isUnsettled = true
  }

  private func announce(
    _ placement: Placement, _ ended: Ended, _ ran: Duration, _ next: ProcessMachine.Next
  ) {
    switch next {
    case .stays where ended == .exited(0): log.say("\(placement.name) is done")
    case .stays: log.say("\(placement.name) ended: \(ended)")
    case .restart(.zero): log.say("\(placement.name) ended: \(ended); starting it again")
    case .restart(let delay):
      log.say("\(placement.name) ended: \(ended); starting it again in \(delay.short)")
    case .givenUp(let runs):
      log.say("\(placement.name) ended: \(ended); given up after \(runs) short runs in a row")
    }
  }
}
