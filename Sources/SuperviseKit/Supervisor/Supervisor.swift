import CLinux
import Glibc

/// Runs the processes of a formation until they have ended or it is told to stop.
///
/// This is the shell around the pure parts: it reads descriptors, tells the machines what has
/// happened and does what they answer. Everything happens on the thread that calls `run`.
package final class Supervisor {
  package typealias Instant = ContinuousClock.Instant

  let options: SuperviseOptions
  let loop: EventLoop
  let spawner: Spawner
  let log: Log
  var placements: [Placement]
  /// Every process that has a pid or a group, by pid.
  var processes: [pid_t: LiveProcess] = [:]
  /// Gone, with pipes that may still hold something.
  var draining: [LiveProcess] = []
  var shutdown: Shutdown?
  var exitCode: Int32 = 0
  var now = Instant.now
  private var spawnCount = 0
  private let identity: String
  /// Something has changed that may let a process start, or everything end.
  var isUnsettled = true

  package init(_ options: SuperviseOptions) throws(SystemError) {
    self.options = options
    signal(SIGPIPE, SIG_IGN)
    // A lease that a writer breaks in the moment of the test would send this.
    signal(SIGIO, SIG_IGN)
    loop = try EventLoop(signals: [SIGINT, SIGTERM, SIGQUIT, SIGHUP, SIGCHLD, SIGUSR2])
    cel_adopt_orphans()
    spawner = try Spawner()
    let width = options.formation.places.map(\.name.count).max() ?? 0
    log = Log(style: options.style, width: max(width, 6), loop: loop)
    var generator = SystemRandomNumberGenerator()
    identity = String(generator.next() as UInt64, radix: 36)
    placements = options.formation.places.map { place in
      Placement(
        place, settings: ProcessSettings(place.spec, mode: options.mode),
        environment: options.environment.forPlace(place, in: options.formation),
        seed: generator.next())
    }
  }

  /// Runs until the end, and says with which code to leave.
  package func run() -> Int32 {
    loop.onSignal = { [unowned self] in receive(signal: $0) }
    loop.deadline = { [unowned self] in nextDeadline }
    loop.afterRound = { [unowned self] in settle() }
    log.onBroken = { [unowned self] in outputIsGone() }
    greet()
    for placement in placements { tell(placement, .start) }
    loop.run()
    log.finish()
    return exitCode
  }

  private func greet() {
    let names = options.formation.places.map(\.name).joined(separator: ", ")
    log.say("\(options.mode.rawValue): \(names) – Ctrl-C stops")
  }

  /// After each round of events: what is due, what may start now, is this the end?
  private func settle() {
    now = .now
    passTime()
    while isUnsettled {
      isUnsettled = false
      startFree()
      if shutdown != nil { advanceShutdown() }
    }
    log.flush(now: now)
  }

  private func receive(signal number: Int32) {
    now = .now
    switch number {
    case SIGCHLD: reap()
    case SIGINT, SIGTERM: stopAll(because: number == SIGINT ? "Ctrl-C" : "SIGTERM")
    case SIGQUIT: stopAll(because: "SIGQUIT", at: .pressing)
    case SIGHUP where options.mode == .development: stopAll(because: "the terminal is gone")
    case SIGUSR2: sayStatus()
    default: break
    }
  }

  private func outputIsGone() {
    if options.mode == .development { stopAll(because: "nobody reads the output") }
  }

  func nextID() -> String {
    spawnCount += 1
    return "\(identity)-\(spawnCount)"
  }

  private func sayStatus() {
    for placement in placements {
      let pid = placement.current.map { " pid \($0.pid)" } ?? ""
      let text = placement.current?.statusText.map { ": \($0)" } ?? ""
      log.say("\(placement.name) \(placement.machine.state.word)\(pid)\(text)")
    }
  }
}
