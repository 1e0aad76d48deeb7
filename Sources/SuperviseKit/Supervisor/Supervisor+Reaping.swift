import CLinux
import Glibc

extension Supervisor {
  /// Reaps all that has ended, adopted orphans included.
  func reap() {
    var ended = cel_ended()
    while cel_reap(&ended) == 1 {
      if let processGuard, ended.pid == processGuard.pid {
        let isBack = processGuard.hasEnded()
        log.say("the guard was ended by somebody\(isBack ? "; another one takes its place" : "")")
      }
      guard let process = processes[ended.pid], process.ended == nil else { continue }
      hearLastWords(of: process)
      leaderEnded(process, ended.signal != 0 ? .signalled(ended.signal) : .exited(ended.code))
    }
    // An orphan may have been the last of its group.
    for process in processes.values where process.ended != nil { checkGroup(of: process) }
    isUnsettled = true
  }

  private func leaderEnded(_ process: LiveProcess, _ how: Ended) {
    process.ended = how
    process.wasAsked = process.escalation != nil
    // Its last words come before the news of its end.
    for pipe in process.pipes { log.drain(pipe) }
    if process.groupHasMembers { clearGroup(of: process) } else { clearDeserters(of: process) }
    switch process.owner {
    case .place(let placement) where placement.process === process: hasEnded(placement, how)
    case .place: break
    case .probe(let placement): probeEnded(of: placement, process, how)
    case .build: buildEnded(how)
    }
    forget(process)
  }

  /// What the leader has left behind goes as well.
  private func clearGroup(of process: LiveProcess) {
    if process.escalation == nil {
      process.escalation = StopEscalation(restOfGroupAt: now)
      process.send(.init(number: SIGTERM, group: true))
    } else if let signal = process.escalation?.leaderEnded(at: now) {
      process.send(signal)
    }
  }

  /// Takes the next step against a process that has not ended in time.
  func press(_ process: LiveProcess, with signal: StopEscalation.Signal) {
    checkGroup(of: process)
    guard !process.isGone else { return }
    log.say("\(process.name) pid \(process.pid) has not ended; sending \(signal)")
    process.send(signal)
    if process.isOutOfReach { isUnsettled = true }
  }

  private func checkGroup(of process: LiveProcess) {
    guard process.ended != nil, !process.isGone, !process.groupHasMembers else { return }
    clearDeserters(of: process)
    forget(process)
  }

  /// Its group is empty; in its control group there may be those that have left the group.
  private func clearDeserters(of process: LiveProcess) {
    guard process.hasDeserters else { return isGone(process) }
    guard process.deserterEnds == nil else { return }
    processGuard?.unwatch(process.pid)
    for pid in process.deserters {
      log.say("\(Strays.name(of: pid)), pid \(pid), was left behind by \(process.name); ending it")
      kill(pid, SIGTERM)
      kill(pid, SIGCONT)
    }
    process.escalation = StopEscalation(restOfGroupAt: now, wait: .seconds(1))
    guard let ends = process.cgroup?.announcements() else { return isGone(process) }
    process.deserterEnds = ends
    loop.watchChanges(of: ends.number) { [unowned self, unowned process] in
      now = .now
      Cgroup.read(announcementsOf: ends)
      checkGroup(of: process)
    }
    // What has ended before that is announced to nobody.
    if !process.hasDeserters { isGone(process) }
  }

  /// Neither it nor its group is left.
  private func isGone(_ process: LiveProcess) {
    process.isGone = true
    process.escalation = nil
    processes[process.pid] = nil
    processGuard?.unwatch(process.pid)
    if process.wasKilled, shutdown != nil, exitCode == ExitCode.ended {
      exitCode = ExitCode.killed
    }
    if let status = process.status { loop.unwatch(status.number) }
    process.status = nil
    if let ends = process.deserterEnds { loop.unwatch(ends.number) }
    process.deserterEnds = nil
    if let cgroup = process.cgroup { cgroups?.release(cgroup) }
    process.closePipesAt = now + .milliseconds(100)
    draining.append(process)
    isUnsettled = true
    if case .place(let placement) = process.owner {
      placement.dead = Array(([process.id] + placement.dead).prefix(8))
    }
  }

  /// Its placement has no more to do with a process of which nothing is left.
  private func forget(_ process: LiveProcess) {
    guard process.isGone, case .place(let placement) = process.owner else { return }
    if placement.process === process { placement.process = nil }
    placement.remains.removeAll { $0 === process }
    if placement.role == .leaving, !placement.hasRemains { hasLeft(placement) }
  }

  func closePipes(of process: LiveProcess) {
    for pipe in process.pipes {
      log.drain(pipe)
      log.close(pipe)
    }
    process.pipes = []
  }
}
