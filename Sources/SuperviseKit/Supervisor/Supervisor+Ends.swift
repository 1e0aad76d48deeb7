import Glibc

/// What is said of the end of a process, and what follows for the rest.
extension Supervisor {
  /// Says how a process ended, and what follows.
  func announce(_ placement: Placement, _ ended: Ended, _ next: ProcessMachine.Next) {
    let name = placement.name
    let news = news(of: placement, ended)
    defer { sayWhoWaits(for: placement) }
    switch next {
    case .done: log.say("\(name) is done")
    case .stays: log.say(news)
    case .restart(.zero): log.say("\(news); starting it again")
    case .restart(let delay): log.say("\(news); starting it again in \(delay.short)")
    case .untilFilesChange:
      log.sayAlarm(news + (mayReturn ? "; it is tried again when something has changed" : ""))
      isGivenUp(name)
    case .givenUp(let runs):
      let advice =
        options.reloads && placement.executable != nil ? "; the next good build starts it" : ""
      log.sayAlarm("\(news), the \(ordinal(runs)) time in a row; given up on\(advice)")
      if let process = placement.process { log.repeatEnd(of: process) }
      isGivenUp(name)
    }
  }

  private func news(of placement: Placement, _ ended: Ended) -> String {
    switch ended {
    case .exited, .signalled: "\(placement.name) ended: \(ended)"
    case .unready: "\(placement.name) was not ready in time"
    case .silent: "\(placement.name) was silent for too long"
    case .neverStarted(ENOEXEC):
      "\(placement.name) cannot be started: \(Program.foreign(placement.command.arguments[0]))"
    case .neverStarted(let error):
      "\(placement.name) cannot be started: \(problem(with: placement) ?? errorText(error))"
    }
  }

  /// Why the program of a process cannot be started from its path, for a person.
  private func problem(with placement: Placement) -> String? {
    guard placement.image == nil, case .program(let words) = placement.command else { return nil }
    return Program(
      words[0], path: placement.environment["PATH"], directory: placement.directory
    ).problem
  }

  private func ordinal(_ number: Int) -> String {
    switch number {
    case 1: "1st"
    case 2: "2nd"
    case 3: "3rd"
    default: "\(number)th"
    }
  }

  private func isGivenUp(_ name: String) {
    guard options.exitOnFailed else { return }
    if shutdown == nil { exitCode = ExitCode.failed }
    stopAll(because: "\(name) was given up on")
  }

  /// What waits for one that does not come starts no more, and would do so without a word.
  private func sayWhoWaits(for placement: Placement) {
    guard shutdown == nil, let reason = placement.machine.state.whyNeverReady else { return }
    let waiting = placements.filter {
      $0.role == .incumbent && obstacle(of: $0)?.name == placement.name
    }
    guard !waiting.isEmpty else { return }
    let verb = waiting.count == 1 ? "waits" : "wait"
    log.sayAlarm("\(list(waiting.map(\.id))) \(verb) for \(placement.name), which \(reason)")
  }

  /// What a process waits for that is not going to be ready by itself, and why.
  func obstacle(of placement: Placement) -> (name: String, reason: String)? {
    guard placement.machine.state == .waiting else { return nil }
    var seen: Set<String> = [placement.kind]
    var kinds = placement.place.spec.options.after
    while let kind = kinds.popLast() {
      guard seen.insert(kind).inserted else { continue }
      for other in placements where other.role == .incumbent && other.kind == kind {
        if let reason = other.machine.state.whyNeverReady { return (other.name, reason) }
        if other.machine.state == .waiting { kinds += other.place.spec.options.after }
      }
    }
    return nil
  }

  /// Tries those again that no build is the work of, and that could not be found so far.
  func retryMissing() {
    for placement in placements
    where placement.machine.state == .missing && placement.executable == nil {
      if problem(with: placement) == nil { tell(placement, .start) }
    }
  }
}

extension ProcessMachine.State {
  /// Why a process is not going to be ready without somebody doing something.
  var whyNeverReady: String? {
    switch self {
    case .failed: "has failed"
    case .missing: "cannot be started"
    case .stopped: "is stopped"
    case .waiting, .starting, .ready, .stopping, .backoff, .done: nil
    }
  }
}
