import CLinux
import Glibc

/// Runs the processes of a formation until they have ended or it is told to stop.
///
/// This is the shell around the pure parts: it reads descriptors, tells the machines what has
/// happened and does what they answer. Everything happens on the thread that calls `run`.
package final class Supervisor {
  package typealias Instant = ContinuousClock.Instant

  /// What is to run, as it was read last.
  var options: SuperviseOptions
  let loop: EventLoop
  let spawner: Spawner
  /// Of open files, as processes are to have it; nil when it is the supervisor's own.
  let descriptorLimit: Surroundings.Limit?
  let log: Log
  /// Incumbents in the order of the formation, then successors and those that leave.
  var placements: [Placement]
  /// Every process that has a pid or a group, by pid.
  var processes: [pid_t: LiveProcess] = [:]
  /// Gone, with pipes that may still hold something.
  var draining: [LiveProcess] = []
  var shutdown: Shutdown?
  var exitCode = ExitCode.ended
  var now = Instant.now
  /// Something has changed that may let a process start, or everything end.
  var isUnsettled = true
  var restartLimit = RestartLimit()
  let notifySocket = NotifySocket()
  /// Where the control groups of the processes are, if the own one is delegated.
  let cgroups: CgroupTree?
  var serviceManager: ServiceManager?
  var memory: MemoryWatch?
  var reloads = Reloads()
  var builds = Builds()
  var rereading = Rereading()
  var polling = Polling()
  /// Clears up if this process is killed.
  private(set) var processGuard: ProcessGuard?
  var control = Control()
  /// Those who wait for a line, by the process that is to write it.
  var lineProbes: [pid_t: Probe] = [:]
  var terminal = Terminal()
  /// What has changed since watching was paused; nil while it is not.
  var missed: Missed?
  let identity: String
  private(set) var spawnCount = 0
  private var generator = SystemRandomNumberGenerator()

  /// Prepares everything; from here on the signals of the process belong to the supervisor.
  package init(_ options: SuperviseOptions) throws(SystemError) {
    self.options = options
    Descriptor.fillStandardOnes()
    // What cannot be written is an error of the one write.
    signal(SIGPIPE, SIG_IGN)
    cel_crash_unasked()
    signal(SIGXFSZ, SIG_IGN)
    // Where it was ignored, children would vanish without a word.
    signal(SIGCHLD, SIG_DFL)
    descriptorLimit = DescriptorLimit.raise()
    loop = try EventLoop(signals: Self.signals)
    cel_adopt_orphans()
    spawner = try Spawner()
    let width = options.formation.places.map(\.name.count).max() ?? 0
    log = try Log(
      style: options.style, width: max(width, 6), loop: loop, storage: options.storage)
    var generator = generator
    identity = String(generator.next() as UInt64, radix: 36)
    placements = options.assignments.map { Placement($0, seed: generator.next()) }
    cgroups = CgroupTree(identity)
    processGuard = ProcessGuard(
      lifeline: spawner.lifeline.reading, mark: "SUPERVISE_ID=\(identity)-", cgroups: cgroups,
      folder: options.directory)
  }

  /// What the supervisor listens to; not to the end of the terminal when `nohup` says so.
  private static var signals: [Int32] {
    let all = [
      SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGCHLD, SIGUSR1, SIGUSR2, SIGTTIN, SIGTTOU, SIGTSTP,
      SIGCONT, SIGWINCH,
    ]
    return cel_is_ignored(SIGHUP) == 0 ? all : all.filter { $0 != SIGHUP }
  }

  /// Runs until the end, and says with which code to leave.
  package func run() -> Int32 {
    loop.onSignal = { [unowned self] in receive(signal: $0) }
    loop.deadline = { [unowned self] in nextDeadline }
    loop.afterRound = { [unowned self] in settle() }
    serviceManager = ServiceManager(.current(), now: now)
    memory = MemoryWatch(placements, now: now)
    log.onBroken = { [unowned self] in outputIsGone() }
    log.say(Banner.text(options))
    for remark in options.remarks { log.sayAlarm(remark) }
    prepareNotifySocket()
    openControl()
    openTerminal()
    prepareBuilds()
    prepareReloads()
    prepareRereading()
    // A third of the program has been used for the start alone.
    cel_forget_code()
    for placement in placements { tell(placement, .start) }
    loop.run()
    closeControl()
    closeTerminal()
    log.finish()
    cgroups?.close()
    processGuard?.dismiss()
    return exitCode
  }

  /// After each round of events: does what is due, starts what may start, sees whether it ends.
  private func settle() {
    now = .now
    passTime()
    while isUnsettled {
      isUnsettled = false
      adaptNames()
      continueRolls()
      startFree()
      if shutdown != nil { advanceShutdown() } else { endIfNothingIsLeft() }
    }
    tellServiceManager()
    settleControl()
    settleTerminal()
    log.flush(now: now)
  }

  private func receive(signal number: Int32) {
    now = .now
    switch number {
    case SIGCHLD: reap()
    case SIGINT: stopAll(because: "Ctrl-C")
    case SIGTERM: stopAll(because: "SIGTERM")
    case SIGQUIT: stopAll(because: "SIGQUIT", at: .pressing)
    case SIGHUP where options.mode == .development:
      stopAll(because: options.isInteractive ? "the terminal is gone" : "SIGHUP")
    case SIGUSR1: log.reopen()
    case SIGHUP: reloadAll(because: "SIGHUP")
    case SIGUSR2: sayStatus()
    case SIGTSTP: halt()
    case SIGWINCH: resizeTerminals()
    case SIGCONT: isUnsettled = true
    case SIGTTIN: scaleWorkers(by: 1)
    case SIGTTOU: scaleWorkers(by: -1)
    default: break
    }
  }

  private func outputIsGone() {
    if options.mode == .development { stopAll(because: "nobody reads the output") }
  }

  private func sayStatus() {
    for placement in placements {
      let pid = placement.process.map { " pid \($0.pid)" } ?? ""
      let text = placement.process?.statusText.map { ": \($0)" } ?? ""
      log.say("\(placement.name) \(placement.shown)\(pid)\(text)")
    }
  }

  /// A name that no other process ever has.
  func nextID() -> String {
    spawnCount += 1
    return "\(identity)-\(spawnCount)"
  }

  func nextSeed() -> UInt64 { generator.next() }

  /// Who fills a place, by its id (`worker.1`) or as it is shown (`worker`).
  func incumbent(_ name: String) -> Placement? {
    placements.first { $0.role == .incumbent && ($0.id == name || $0.name == name) }
  }

  /// When something is due, at the latest.
  private var nextDeadline: Instant? {
    var next = log.deadline
    func consider(_ instant: Instant?) {
      guard let instant else { return }
      next = min(next ?? instant, instant)
    }
    for placement in placements {
      consider(placement.machine.deadline)
      consider(placement.probe?.deadline)
    }
    for process in processes.values {
      consider(process.escalation?.deadline)
      consider(process.sayStatusEndAt)
      if shutdown == nil { consider(process.sayAt) }
    }
    for process in draining { consider(process.closePipesAt) }
    consider(restartLimit.deadline)
    consider(serviceManager?.deadline)
    consider(memory?.deadline)
    consider(shutdown?.sayAt)
    consider(shutdown?.strays?.deadline)
    consider(reloads.deadline)
    consider(builds.deadline)
    consider(rereading.deadline)
    consider(polling.deadline)
    consider(terminal.lookAt)
    consider(control.deadline)
    return next
  }

  /// Does all that has become due.
  private func passTime() {
    for placement in placements {
      if let deadline = placement.machine.deadline, now >= deadline { tell(placement, .time) }
      if let deadline = placement.probe?.deadline, now >= deadline { advanceProbe(of: placement) }
    }
    for process in processes.values {
      if let due = process.sayStatusEndAt, now >= due { sayStatusEnd(of: process) }
      guard let signal = process.escalation?.time(is: now) else { continue }
      press(process, with: signal)
    }
    for process in draining where process.closePipesAt.map({ now >= $0 }) ?? true {
      closePipes(of: process)
    }
    draining.removeAll { $0.pipes.isEmpty }
    watchMemory()
    if restartLimit.isOver(at: now) { isUnsettled = true }
    if let deadline = reloads.deadline, now >= deadline { advanceReloads() }
    if let deadline = builds.deadline, now >= deadline { advanceBuilds() }
    if let deadline = rereading.deadline, now >= deadline { advanceRereading() }
    if let deadline = polling.deadline, now >= deadline { advancePolling() }
    sayWhatIsAwaited()
  }
}
