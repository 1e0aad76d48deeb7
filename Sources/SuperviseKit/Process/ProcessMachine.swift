/// The life of one place in the formation: what is to happen to its process, and when.
///
///     waiting ──► starting ──► ready ──► stopping ──► stopped
///        ▲           │           │           │
///        ├── backoff ◄───────────┤           │ to be restarted
///        │                       ▼           │
///        │                 done · failed     │
///        └───────────────────────────────────┘
///
/// A pure value: it is told what has happened and answers with what is to be done.
package struct ProcessMachine: Sendable {
  package typealias Instant = ContinuousClock.Instant

  package enum State: Sendable, Equatable {
    /// For its dependencies, or for the last of its predecessor.
    case waiting
    case starting(since: Instant)
    case ready
    case stopping(Afterwards)
    case backoff(until: Instant)
    /// By request; nothing but a request starts it again.
    case stopped
    /// It ended well and is not wanted any more.
    case done
    /// Given up on, until a request or a good build.
    case failed
    /// It cannot be started as its files are; when they change it is tried again.
    case missing
  }

  /// What follows when a process that is being stopped has gone.
  package enum Afterwards: Sendable, Equatable {
    case stay
    case restart
    /// It was not ready in time; that counts as a crash, however long it took.
    case unready
    /// It was not heard of any more; a crash as well.
    case silent
  }

  /// By which rules it lives from its next start on.
  package var settings: ProcessSettings
  package private(set) var state = State.stopped
  package private(set) var backoff: Backoff
  /// When it was last started.
  private var startedAt: Instant?
  /// When it must have been heard of next.
  private var silentAt: Instant?
  /// Whether it is to be started because it has ended unasked.
  package private(set) var isReturning = false

  package init(_ settings: ProcessSettings, seed: UInt64) {
    self.settings = settings
    backoff = Backoff(seed: seed)
  }

  /// When the event `.time` is due next.
  package var deadline: Instant? {
    switch state {
    case .starting(let since): untilReady.map { since + $0 }
    case .backoff(let until): until
    case .ready: silentAt
    case .waiting, .stopping, .stopped, .done, .failed, .missing: nil
    }
  }

  /// How long it may be starting; then it counts as ready, or as failed.
  private var untilReady: Duration? {
    switch settings.ready {
    case .started: .zero
    case .settled: settings.settleTime
    case .told, .port, .command, .line: settings.startLimit
    case .done: nil
    }
  }

  /// Whether a process of this place exists.
  package var isAlive: Bool {
    switch state {
    case .starting, .ready, .stopping: true
    case .waiting, .backoff, .stopped, .done, .failed, .missing: false
    }
  }

  /// Whether those that wait for it may start.
  package var satisfies: Bool {
    switch state {
    case .ready, .done: true
    case .waiting, .starting, .stopping, .backoff, .stopped, .failed, .missing: false
    }
  }

  /// Takes in what happened; the actions are to be performed in their order.
  package mutating func receive(_ event: Event, at now: Instant) -> [Action] {
    switch event {
    case .start: start()
    case .restart: restart()
    case .stop: stop()
    case .free: free(at: now)
    case .missing: missing()
    case .becameReady: becameReady(at: now)
    case .alive: alive(at: now)
    case .ended(let how): ended(how, at: now)
    case .time: time(is: now)
    }
  }

  private mutating func start() -> [Action] {
    switch state {
    case .stopped, .done, .failed, .missing, .backoff:
      backoff.reset()
      isReturning = false
      state = .waiting
    case .stopping:
      state = .stopping(.restart)
    case .waiting, .starting, .ready:
      break
    }
    return []
  }

  private mutating func restart() -> [Action] {
    switch state {
    case .starting, .ready:
      backoff.reset()
      isReturning = false
      state = .stopping(.restart)
      return [.stop]
    case .stopping(.unready), .stopping(.silent):
      state = .stopping(.restart)
      return []
    case .done, .failed, .missing, .backoff:
      return start()
    case .waiting, .stopping, .stopped:
      return []
    }
  }

  private mutating func stop() -> [Action] {
    switch state {
    case .starting, .ready:
      state = .stopping(.stay)
      return [.stop]
    case .stopping:
      state = .stopping(.stay)
    case .waiting, .backoff, .missing, .done, .failed:
      state = .stopped
    case .stopped:
      break
    }
    return []
  }

  private mutating func free(at now: Instant) -> [Action] {
    guard state == .waiting else { return [] }
    startedAt = now
    state = .starting(since: now)
    return [.spawn]
  }

  private mutating func missing() -> [Action] {
    guard case .starting = state else { return [] }
    state = .missing
    return []
  }

  private mutating func becameReady(at now: Instant) -> [Action] {
    guard case .starting(let since) = state else { return [] }
    state = .ready
    silentAt = settings.watchdog.map { now + $0 }
    return [.ready(after: now - since)]
  }

  private mutating func alive(at now: Instant) -> [Action] {
    if state == .ready { silentAt = settings.watchdog.map { now + $0 } }
    return []
  }

  private mutating func time(is now: Instant) -> [Action] {
    guard let deadline, now >= deadline else { return [] }
    switch state {
    case .starting:
      switch settings.ready {
      case .started, .settled: return becameReady(at: now)
      case .told, .port, .command, .line:
        state = .stopping(.unready)
        return [.announceStartLimit, .stop]
      case .done: return []
      }
    case .backoff:
      state = .waiting
      return []
    case .ready:
      state = .stopping(.silent)
      return [.announceSilence, .abort]
    case .waiting, .stopping, .stopped, .done, .failed, .missing:
      return []
    }
  }

  private mutating func ended(_ how: Ended, at now: Instant) -> [Action] {
    let ran = startedAt.map { now - $0 } ?? .zero
    switch state {
    case .stopping(.stay):
      state = .stopped
      return []
    case .stopping(.restart):
      state = .waiting
      return []
    case .stopping(.unready), .stopping(.silent), .starting, .ready:
      return endedByItself(verdict(on: how), ran: ran, at: now)
    case .waiting, .backoff, .stopped, .done, .failed, .missing:
      return []
    }
  }

  /// What an end means, now that it has come.
  func verdict(on how: Ended) -> Ended {
    switch state {
    case .stopping(.unready): .unready
    case .stopping(.silent): .silent
    default: how
    }
  }

  private mutating func endedByItself(_ how: Ended, ran: Duration, at now: Instant) -> [Action] {
    let well = how.isWell(settings)
    let next = well ? Next.done : .stays
    switch settings.restart {
    case .exit:
      state = well ? .done : .failed
      return [.announceEnd(how, next), .endAll(code: how.exitCode)]
    case .onFailure where well, .never:
      state = well ? .done : .failed
      return [.announceEnd(how, next)]
    case .always, .onFailure:
      return crashed(how, ran: ran, at: now)
    }
  }

  private mutating func crashed(_ how: Ended, ran: Duration, at now: Instant) -> [Action] {
    // Where nobody develops a change of the file may never come to be known.
    if how.lasts, settings.waitsForFiles {
      state = .missing
      return [.announceEnd(how, .untilFilesChange)]
    }
    let delay = backoff.ran(for: ran, how, settings: settings)
    if let limit = settings.crashLimit, backoff.shortRuns > limit {
      state = .failed
      return [.announceEnd(how, .givenUp(shortRuns: backoff.shortRuns))]
    }
    isReturning = true
    state = delay > .zero ? .backoff(until: now + delay) : .waiting
    return [.announceEnd(how, .restart(after: delay))]
  }
}
