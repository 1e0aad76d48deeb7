/// The life of one place in the formation: what is to happen to its process, and when.
///
///     waiting ─► starting ─► ready ─► stopping ─► stopped
///        ▲          │          │         └──────► (restart) waiting
///        │          ▼          ▼
///        └────── backoff    done · failed
///
/// A pure value: it is told what has happened and answers with what is to be done.
package struct ProcessMachine: Sendable {
  package typealias Instant = ContinuousClock.Instant

  package enum State: Sendable, Equatable {
    /// For its dependencies, or for the last of its predecessor.
    case waiting
    case starting(since: Instant)
    case ready(since: Instant)
    case stopping(Afterwards)
    case backoff(until: Instant)
    /// By request; nothing but a request starts it again.
    case stopped
    /// It ended well and is not wanted any more.
    case done
    /// Given up on, until a request or a good build.
    case failed
  }

  /// What follows when a process that is being stopped has gone.
  package enum Afterwards: Sendable, Equatable {
    case stay
    case restart
    /// It never became ready; that counts as a crash.
    case crashed
  }

  package enum Event: Sendable, Equatable {
    case start
    case restart
    case stop
    /// All it depends on is ready, and nothing is left of its predecessor.
    case free
    case becameReady
    case ended(Ended)
    case time
    /// Another process has become the one of this place, and is ready.
    case succeeded
  }

  package enum Action: Sendable, Equatable {
    /// Answer with `.free` when nothing stands in the way.
    case askWhetherFree
    case spawn
    case stop
    /// What is left of the process's group goes.
    case clearGroup
    case announceReady(after: Duration)
    case announceEnd(Ended, ran: Duration, next: Next)
    case announceStartLimit
    case endAll(code: Int32)
  }

  /// What a crash leads to, for the message.
  package enum Next: Sendable, Equatable {
    case restart(after: Duration)
    case stays
    case givenUp(shortRuns: Int)
  }

  package let settings: ProcessSettings
  package private(set) var state = State.stopped
  package private(set) var backoff: Backoff
  /// When it was last started.
  private var startedAt: Instant?

  package init(_ settings: ProcessSettings, seed: UInt64) {
    self.settings = settings
    backoff = Backoff(seed: seed)
  }

  /// When the event `.time` is due next.
  package var deadline: Instant? {
    switch state {
    case .starting(let since):
      settings.ready == .settled ? since + .seconds(1) : since + settings.startLimit
    case .backoff(let until): until
    case .waiting, .ready, .stopping, .stopped, .done, .failed: nil
    }
  }

  /// Whether a process of this place exists.
  package var isAlive: Bool {
    switch state {
    case .starting, .ready, .stopping: true
    case .waiting, .backoff, .stopped, .done, .failed: false
    }
  }

  /// Whether those that wait for it may start.
  package var satisfies: Bool {
    switch state {
    case .ready, .done: true
    case .waiting, .starting, .stopping, .backoff, .stopped, .failed: false
    }
  }

  package mutating func receive(_ event: Event, at now: Instant) -> [Action] {
    switch (event, state) {
    case (.start, .stopped), (.start, .done), (.start, .failed), (.start, .backoff),
      (.restart, .done), (.restart, .failed), (.restart, .backoff):
      backoff.reset()
      return wait()
    case (.start, .stopping(.stay)):
      state = .stopping(.restart)
      return []
    case (.start, _):
      return []

    case (.restart, .starting), (.restart, .ready):
      backoff.reset()
      state = .stopping(.restart)
      return [.stop]
    case (.restart, .stopping(.crashed)):
      state = .stopping(.restart)
      return []
    case (.restart, _):
      return []

    case (.stop, .starting), (.stop, .ready):
      state = .stopping(.stay)
      return [.stop]
    case (.stop, .stopping):
      state = .stopping(.stay)
      return []
    case (.stop, .waiting), (.stop, .backoff):
      state = .stopped
      return []
    case (.stop, _):
      return []

    case (.free, .waiting):
      startedAt = now
      state = settings.ready == .started ? .ready(since: now) : .starting(since: now)
      return [.spawn]
    case (.free, _):
      return []

    case (.becameReady, .starting(let since)):
      state = .ready(since: now)
      return [.announceReady(after: now - since)]
    case (.becameReady, _):
      return []

    case (.succeeded, .starting), (.succeeded, .ready):
      startedAt = now
      backoff.reset()
      state = .ready(since: now)
      return []
    case (.succeeded, _):
      return []

    case (.ended(let how), _):
      return ended(how, at: now)
    case (.time, _):
      return time(is: now)
    }
  }

  private mutating func wait() -> [Action] {
    state = .waiting
    return [.askWhetherFree]
  }

  private mutating func time(is now: Instant) -> [Action] {
    guard let deadline, now >= deadline else { return [] }
    switch state {
    case .starting(let since) where settings.ready == .settled:
      state = .ready(since: now)
      return [.announceReady(after: now - since)]
    case .starting:
      state = .stopping(.crashed)
      return [.announceStartLimit, .stop]
    case .backoff:
      return wait()
    case .waiting, .ready, .stopping, .stopped, .done, .failed:
      return []
    }
  }

  private mutating func ended(_ how: Ended, at now: Instant) -> [Action] {
    let ran = startedAt.map { now - $0 } ?? .zero
    switch state {
    case .stopping(.stay):
      state = .stopped
      return [.clearGroup]
    case .stopping(.restart):
      return [.clearGroup] + wait()
    case .stopping(.crashed):
      return [.clearGroup] + crashed(how, ran: ran, at: now)
    case .starting, .ready:
      return [.clearGroup] + endedByItself(how, ran: ran, at: now)
    case .waiting, .backoff, .stopped, .done, .failed:
      return [.clearGroup]
    }
  }

  private mutating func endedByItself(_ how: Ended, ran: Duration, at now: Instant) -> [Action] {
    let well = if case .exited(let code) = how { settings.success.contains(code) } else { false }
    switch settings.restart {
    case .exit:
      state = well ? .done : .failed
      return [.announceEnd(how, ran: ran, next: .stays), .endAll(code: how.exitCode)]
    case .onFailure where well, .never where well:
      state = .done
      return [.announceEnd(how, ran: ran, next: .stays)]
    case .never:
      state = .failed
      return [.announceEnd(how, ran: ran, next: .stays)]
    case .always, .onFailure:
      return crashed(how, ran: ran, at: now)
    }
  }

  private mutating func crashed(_ how: Ended, ran: Duration, at now: Instant) -> [Action] {
    let delay = backoff.ran(for: ran, how, settings: settings)
    if let limit = settings.crashLimit, backoff.shortRuns > limit {
      state = .failed
      return [.announceEnd(how, ran: ran, next: .givenUp(shortRuns: backoff.shortRuns))]
    }
    let announcement = Action.announceEnd(how, ran: ran, next: .restart(after: delay))
    guard delay > .zero else { return [announcement] + wait() }
    state = .backoff(until: now + delay)
    return [announcement]
  }
}
