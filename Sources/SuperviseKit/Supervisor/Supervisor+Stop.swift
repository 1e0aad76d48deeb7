import CLinux
import Glibc

/// How far the end of everything has come.
struct Shutdown {
  /// How hard it is: each further Ctrl-C takes the next one.
  enum Force: Int {
    case asking, pressing, killing
  }

  var force: Force
  var startedAt: ContinuousClock.Instant
  var sayAt: ContinuousClock.Instant
  /// When what is left of daemonised descendants is told the next signal.
  var strays: StopEscalation?
}

/// What the exit code of `supervise` means.
package enum ExitCode {
  package static let ended: Int32 = 0
  package static let killed: Int32 = 3
  package static let usage: Int32 = 64
  package static let failed: Int32 = 70
  package static let configuration: Int32 = 78
}

extension Supervisor {
  private static let saying = Duration.seconds(3)

  /// Begins the end, or makes it harder.
  func stopAll(because reason: String, at force: Shutdown.Force = .asking) {
    guard let running = shutdown else {
      log.say("stopping: \(reason)")
      shutdown = Shutdown(force: force, startedAt: now, sayAt: now + Self.saying)
      if force != .asking { pressAll(force) }
      isUnsettled = true
      return
    }
    let next = max(force.rawValue, running.force.rawValue + 1)
    let harder = Shutdown.Force(rawValue: min(next, Shutdown.Force.killing.rawValue)) ?? .killing
    shutdown?.force = harder
    log.say(harder == .pressing ? "stopping now, no more waiting" : "killing what is left")
    pressAll(harder)
  }

  /// All at once, whatever depends on what.
  private func pressAll(_ force: Shutdown.Force) {
    for placement in placements { tell(placement, .stop) }
    for process in processes.values {
      var escalation = process.escalation ?? StopEscalation(waiting: .zero, at: now)
      while escalation.step == .asked || (force == .killing && escalation.step != .killed) {
        process.send(escalation.harder(at: now))
      }
      process.escalation = escalation
    }
  }

  /// A process is asked to end.
  func beginStop(_ placement: Placement) {
    for process in [placement.current, placement.successor].compactMap({ $0 }) {
      ask(process, placement.settings, waiting: placement.settings.stopTimeout)
    }
  }

  func ask(_ process: LiveProcess, _ settings: ProcessSettings, waiting timeout: Duration) {
    guard process.escalation == nil else { return }
    process.escalation = StopEscalation(waiting: timeout, at: now)
    process.send(.init(number: settings.stopSignal, group: settings.stopGroup))
  }

  /// Asks those on which nothing depends any more; ends the loop when nothing is left.
  func advanceShutdown() {
    for placement in placements {
      switch placement.machine.state {
      case .stopped, .done, .failed, .stopping(.stay): continue
      default: break
      }
      let needed = placements.contains { other in
        other.place.spec.options.after.contains(placement.kind)
          && (other.machine.isAlive || !other.processes.isEmpty)
      }
      if !needed { tell(placement, .stop) }
    }
    guard processes.isEmpty else { return }
    endStrays()
  }

  /// Whatever detached itself from its process has become a child of this one; it goes last.
  private func endStrays() {
    let strays = Strays.children()
    guard !strays.isEmpty else {
      draining.forEach(closePipes)
      draining = []
      loop.stop()
      return
    }
    if shutdown?.strays == nil {
      for stray in strays {
        log.say("ending \(stray.name), pid \(stray.pid), left behind\(stray.origin)")
        kill(stray.pid, SIGTERM)
      }
      shutdown?.strays = StopEscalation(restOfGroupAt: now, wait: .seconds(1))
    } else if shutdown?.strays?.time(is: now) != nil {
      for stray in strays { kill(stray.pid, SIGKILL) }
      exitCode = exitCode == 0 ? ExitCode.killed : exitCode
    }
  }

  /// All that has become due.
  func passTime() {
    for placement in placements {
      if let deadline = placement.machine.deadline, now >= deadline { tell(placement, .time) }
    }
    for process in processes.values {
      guard let signal = process.escalation?.time(is: now) else { continue }
      process.send(signal)
      log.say("\(process.name) pid \(process.pid) has not ended: \(signal)")
      checkGroup(of: process)
    }
    for process in draining where process.closePipesAt.map({ now >= $0 }) ?? true {
      closePipes(process)
    }
    draining.removeAll { $0.pipes.isEmpty }
    sayWhatIsAwaited()
  }

  private func closePipes(_ process: LiveProcess) {
    for pipe in process.pipes { log.drainAndClose(pipe) }
    process.pipes = []
  }

  private func sayWhatIsAwaited() {
    guard let shutdown else { return }
    if let strays = shutdown.strays, now >= strays.deadline { isUnsettled = true }
    guard now >= shutdown.sayAt else { return }
    self.shutdown?.sayAt = now + Self.saying
    for process in processes.values.sorted(by: { $0.pid < $1.pid }) {
      let busy = process.busy.map { ", \($0) tasks in hand" } ?? ""
      let rest = process.ended == nil ? "still running" : "has ended, its group has not"
      log.say("waiting: \(process.name) pid \(process.pid) \(rest)\(busy)")
    }
  }

  var nextDeadline: Instant? {
    var next = log.deadline
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      next = min(next ?? instant, instant)
    }
    for placement in placements { consider(placement.machine.deadline) }
    for process in processes.values { consider(process.escalation?.deadline) }
    for process in draining { consider(process.closePipesAt) }
    consider(shutdown?.sayAt)
    consider(shutdown?.strays?.deadline)
    return next
  }
}
