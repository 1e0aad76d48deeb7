import CLinux
import Glibc

/// The terminal of `supervise dev`: single keys, and the line below the log.
extension Supervisor {
  /// Takes the keys, where a person sits at them.
  func openTerminal() {
    guard options.isInteractive else { return }
    terminal.isOpen = true
    takeKeys()
  }

  /// Gives the terminal back as it was.
  func closeTerminal() {
    guard terminal.isOpen else { return }
    terminal.isOpen = false
    show(nil)
    releaseKeys()
  }

  private func takeKeys() {
    guard terminal.isOpen, !terminal.hasKeys, cel_terminal_is_ours(STDIN_FILENO) != 0,
      cel_terminal_take(STDIN_FILENO) == 0
    else { return }
    terminal.hasKeys = true
    loop.watch(STDIN_FILENO) { [unowned self] in readKeys() }
  }

  private func releaseKeys() {
    guard terminal.hasKeys else { return }
    terminal.hasKeys = false
    loop.unwatch(STDIN_FILENO)
    cel_terminal_give_back()
  }

  /// Ctrl-Z: this process halts, those it runs go on, and what they write waits in their pipes.
  func halt() {
    show(nil)
    log.settle(within: 200)
    releaseKeys()
    kill(getpid(), SIGSTOP)
    // Here it goes on, when somebody has sent SIGCONT.
    loop.wasHalted = true
    now = .now
    isUnsettled = true
  }

  /// Whether the terminal is ours, and the keys with it.
  ///
  /// A shell says nothing when it takes a job that runs from the background to the foreground, so one
  /// in the background looks every second.
  private func isInForeground() -> Bool {
    let isOurs = cel_terminal_is_ours(STDIN_FILENO) != 0
    terminal.lookAt = isOurs ? nil : now + .seconds(1)
    if isOurs {
      takeKeys()
    } else {
      leaveKeys()
    }
    return isOurs
  }

  /// The shell that has taken the terminal has set it up for itself.
  private func leaveKeys() {
    guard terminal.hasKeys else { return }
    terminal.hasKeys = false
    loop.unwatch(STDIN_FILENO)
    cel_terminal_forget()
  }

  private func readKeys() {
    now = .now
    var bytes = [UInt8](repeating: 0, count: 64)
    let count = read(STDIN_FILENO, &bytes, bytes.count)
    guard count > 0 else {
      // In the background, or the terminal is gone; the latter is told by a signal.
      if count < 0, errno != EINTR, errno != EAGAIN { releaseKeys() }
      terminal.emptyReads += 1
      if terminal.emptyReads > 100 { releaseKeys() }
      return
    }
    terminal.emptyReads = 0
    isUnsettled = true
    let incumbents = placements.filter { $0.role == .incumbent }
    let kinds = kindsInOrder
    let actions = terminal.keys.receive(
      bytes[..<count], kinds: kinds, names: kinds + incumbents.map(\.name))
    for action in actions { perform(action) }
  }

  private var kindsInOrder: [String] {
    var kinds: [String] = []
    for placement in placements where placement.role == .incumbent {
      if !kinds.contains(placement.kind) { kinds.append(placement.kind) }
    }
    return kinds
  }

  private func perform(_ action: Keys.Action) {
    switch action {
    case .reload: reloadAsPressed()
    case .restartAll:
      guard shutdown == nil else { return }
      log.say("restarting all, as asked")
      restartAll(because: "restart")
    case .focus(let name):
      terminal.focus = name
      log.focus = name
      log.say(name.map { "the log of \($0) alone; 0 shows all" } ?? "the log of all")
    case .unknown(let text): log.say("'\(text)' is the name of no process, or of several")
    case .pause: isWatchingPaused ? resumeWatching() : pauseWatching()
    case .status:
      sayTable()
    case .help:
      for line in Keys.help { log.say(line) }
      for (index, kind) in kindsInOrder.prefix(9).enumerated() { log.say("\(index + 1)  \(kind)") }
    case .quit: stopAll(because: "q")
    }
  }

  private func reloadAsPressed() {
    guard shutdown == nil else { return }
    do throws(ConfigurationError) {
      try reloadNow()
    } catch {
      log.sayAlarm("\(error); what runs goes on as it is")
    }
  }

  /// What fits beside the time and the name of a log line.
  private func sayTable() {
    let rows = statuses(of: nil).map { row in
      var row = row
      row.cpuSeconds = nil
      row.residentBytes = nil
      return row
    }
    let table = ProcessTable(rows, colour: options.style.colour).text
    for line in table.split(separator: "\n") { log.say(String(line)) }
  }

  /// After each round: what the line below the log says.
  func settleTerminal() {
    guard terminal.isOpen else { return }
    guard isInForeground() else { return show(nil) }
    if let text = terminal.keys.naming { return show("show the log of: \(text)_") }
    let width = Int(cel_terminal_columns(STDOUT_FILENO))
    let columns = width == 0 ? 80 : width
    guard shutdown == nil else {
      let running = placements.filter { $0.process != nil }.map(\.name)
      return show(StatusLine.stopping(running, columns: columns))
    }
    var doing: [String] = []
    if builds.isBuilding { doing.append("building") }
    if reloads.plan.isReloading { doing.append("reloading") }
    if isWatchingPaused { doing.append("watching is paused") }
    if let name = terminal.focus { doing.append("only \(name)") }
    let states = placements.filter { $0.role == .incumbent }.map { ($0.name, $0.machine.state) }
    show(StatusLine.text(states, doing: doing, columns: columns))
  }
}

extension Supervisor {
  /// Draws the line below the log, if that is news.
  private func show(_ status: String?) {
    guard status != terminal.status else { return }
    terminal.status = status
    log.setFooter(status.map { "\u{1B}[2m\($0)" } ?? "")
  }
}

/// What is known of the terminal.
struct Terminal {
  var isOpen = false
  /// Whether single keys come here.
  var hasKeys = false
  var keys = Keys()
  /// Whose log is shown alone.
  var focus: String?
  var emptyReads = 0
  /// When one in the background looks whether it still is.
  var lookAt: ContinuousClock.Instant?
  /// What the line below the log says.
  var status: String?
}
