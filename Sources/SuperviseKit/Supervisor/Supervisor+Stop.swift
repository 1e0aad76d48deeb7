import Glibc

/// How far the end of everything has come.
struct Shutdown {
  /// How hard it is: each further Ctrl-C takes the next one.
  enum Force: Int {
    case asking, pressing, killing
  }

  var force: Force
  /// Whether it was to be quick from the start.
  var isQuick = false
  var sayAt: ContinuousClock.Instant
  /// What happens to descendants that left their process group.
  var strays: StopEscalation?
  /// Those that were asked to end; others may come to light when their parents have ended.
  var asked: Set<pid_t> = []
  /// Those that live on, for they belong to another user.
  var left: Set<pid_t> = []
}

/// The codes `supervise` leaves with, beside those of its processes.
package enum ExitCode {
  package static let ended: Int32 = 0
  package static let killed: Int32 = 3
  package static let taken: Int32 = 69
  package static let failed: Int32 = 70
  package static let configuration: Int32 = 78
  package static let usage: Int32 = 64
}

extension Supervisor {
  private static let saying = Duration.seconds(3)

  /// Begins the end, or makes it harder.
  func stopAll(because reason: String, at force: Shutdown.Force = .asking) {
    isUnsettled = true
    guard let running = shutdown else {
      log.say("stopping: \(reason)")
      serviceManager?.stopping(because: reason)
      shutdown = Shutdown(
        force: force, isQuick: force == .pressing, sayAt: now + Self.saying)
      for process in processes.values {
        process.isOfPlace ? endDrain(of: process) : press(process, at: .pressing)
      }
      if force != .asking { pressAll(force) }
      return
    }
    let next = max(force.rawValue, running.force.rawValue + 1)
    let harder = Shutdown.Force(rawValue: next) ?? .killing
    shutdown?.force = harder
    log.say(harder == .pressing ? "not waiting any longer" : "killing what is left")
    pressAll(harder)
  }

  /// All at once, whatever depends on what.
  private func pressAll(_ force: Shutdown.Force) {
    for placement in placements { tell(placement, .stop) }
    for process in processes.values {
      press(process, at: force)
      if shutdown?.isQuick ?? false { process.escalation?.hurry(.seconds(1), at: now) }
    }
    if shutdown?.strays != nil { endStrays(at: force) }
  }

  func press(_ process: LiveProcess, at force: Shutdown.Force) {
    var escalation = process.escalation ?? StopEscalation(waiting: .zero, at: now)
    while escalation.step == .asked || (force == .killing && escalation.step != .killed) {
      process.send(escalation.harder(at: now))
    }
    process.escalation = escalation
  }

  /// What finishes its work after a reload gets no longer for it than what is asked only now.
  private func endDrain(of process: LiveProcess) {
    guard process.escalation?.step == .asked else { return }
    process.escalation?.hurry(process.stopTimeout, at: now)
  }

  /// A process is asked to end; one that leaves may first finish what it has in hand.
  func beginStop(_ placement: Placement) {
    guard let process = placement.process, process.ended == nil else { return }
    let settings = placement.settings
    let drains = placement.role == .leaving && settings.reload == .drain && shutdown == nil
    if process.escalation == nil {
      process.send(.init(number: settings.stopSignal, group: settings.stopGroup))
    }
    process.escalation = StopEscalation(
      waiting: drains ? settings.drainTimeout : settings.stopTimeout, at: now)
    if placement.role == .incumbent { process.sayAt = now + Self.saying }
  }

  /// One that hangs is told to leave a trace of where, and is not waited for long.
  func abort(_ placement: Placement) {
    guard let process = placement.process, process.ended == nil else { return }
    process.send(.init(number: SIGABRT, group: false))
    process.escalation = StopEscalation(
      waiting: min(placement.settings.stopTimeout, .seconds(5)), at: now)
  }

  /// Asks those on which nothing depends any more; ends the loop when nothing is left.
  func advanceShutdown() {
    let needed = Set(
      placements.filter { $0.machine.isAlive || $0.hasRemains }
        .flatMap(\.place.spec.options.after))
    for placement in placements where !placement.machine.isOver {
      if !needed.contains(placement.kind) { tell(placement, .stop) }
    }
    guard processes.values.allSatisfy(\.isOutOfReach), !isUnsettled else { return }
    for process in processes.values { leave(process.pid, process.name) }
    endStrays(at: shutdown?.force ?? .asking)
  }

  /// Nobody can end it, and nobody should wait for it for ever.
  private func leave(_ pid: pid_t, _ name: String) {
    guard shutdown?.left.insert(pid).inserted ?? false else { return }
    log.sayAlarm("\(name), pid \(pid), belongs to another user and cannot be ended; it lives on")
    if exitCode == ExitCode.ended { exitCode = ExitCode.killed }
    isUnsettled = true
  }

  /// Whatever left its process's group has become a child of this one by now; it goes last.
  private func endStrays(at force: Shutdown.Force) {
    let strays = Strays.children(of: identity).filter { stray in
      stray.pid != processGuard?.pid && !(shutdown?.left.contains(stray.pid) ?? false)
    }
    guard !strays.isEmpty else {
      draining.forEach(closePipes)
      draining = []
      return loop.stop()
    }
    for stray in strays where shutdown?.asked.insert(stray.pid).inserted ?? false {
      if stray.place != Strays.build {
        let origin = stray.place.map { " by \(incumbent($0)?.name ?? $0)" } ?? ""
        log.say("\(stray.name), pid \(stray.pid), was left behind\(origin); ending it")
      }
      kill(stray.pid, SIGTERM)
    }
    if shutdown?.strays == nil {
      shutdown?.strays = StopEscalation(restOfGroupAt: now, wait: .seconds(1))
    }
    if force == .killing || shutdown?.strays?.time(is: now) != nil {
      cgroups?.root.kill()
      for stray in strays where kill(stray.pid, SIGKILL) < 0 && errno == EPERM {
        if !(cgroups?.holds(stray.pid) ?? false) { leave(stray.pid, stray.name) }
      }
      if exitCode == ExitCode.ended { exitCode = ExitCode.killed }
    }
  }

  func sayWhatIsAwaited() {
    guard let shutdown else { return sayWhoIsAwaited() }
    if let strays = shutdown.strays, now >= strays.deadline { isUnsettled = true }
    guard now >= shutdown.sayAt else { return }
    self.shutdown?.sayAt = now + Self.saying
    // Those that others still depend on have not been asked yet.
    let asked = processes.values.filter { process in
      process.escalation.map { !$0.isAboutToAct(at: now) } ?? false
    }
    for process in asked.sorted(by: { $0.pid < $1.pid }) {
      log.say("waiting: \(standing(of: process))")
    }
  }

  /// While the rest goes on: those that were told to stop and have not.
  private func sayWhoIsAwaited() {
    let due = processes.values.filter { $0.sayAt.map { now >= $0 } ?? false }
    for process in due.sorted(by: { $0.pid < $1.pid }) {
      process.sayAt = now + Self.saying
      if process.escalation?.isAboutToAct(at: now) ?? false { continue }
      let text = standing(of: process)
      log.say("waiting: \(text)")
      for wait in control.waits where wait.aim == .stopped && wait.ids.contains(process.place) {
        wait.connection.send(["waiting": .string(text)])
      }
    }
  }

  private func standing(of process: LiveProcess) -> String {
    let busy = process.busy.map { ", \($0) \($0 == 1 ? "task" : "tasks") in hand" } ?? ""
    let state = process.ended == nil ? "still runs" : "has ended, others of its group have not"
    let next =
      switch process.escalation.map({ ($0.step, max($0.deadline - now, .zero).short) }) {
      case (.asked, let time)?: "; its group gets TERM in \(time)"
      case (.pressed, let time)?: "; its group gets KILL in \(time)"
      case (.killed, _)?, nil: ""
      }
    return "\(process.name) pid \(process.pid) \(state)\(busy)\(next)"
  }
}
