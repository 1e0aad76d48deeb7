/// Carries new builds into the processes that run on them, canary first.
///
/// For each executable that changed, one instance is replaced first, the canary. When it is
/// ready, every kind goes on by itself, one instance after the other. An instance that fails on
/// the new build goes back to the image it had, and those behind it keep theirs.
///
///     restart, singleton   stop old ── ended ──► start new ── ready ──► next
///     drain                start new ── ready ──► drain old, next
///
/// Whoever performs the actions reports what became of them as events, also when there was
/// nothing to do: a process to be stopped that does not run has ended.
struct ReloadPlan {
  enum Event: Equatable {
    /// These executables were proven; with them all instances as they are now.
    case proven([String: FileIdentity], [ReloadInstance])
    /// The new process of an instance is ready.
    case ready(String)
    /// The new process of an instance ended before it was ready; why, for a person.
    case failed(String, reason: String)
    /// The process that an instance had before the reload is gone.
    case ended(String)
    /// A process that was told to drain is gone.
    case drained(String)
    /// The instance was stopped or removed by the user: it is none of the plan's any more.
    case withdrawn(String)
  }

  enum Action: Equatable {
    /// Stop the process of an instance; ``Event/ended(_:)`` is awaited.
    case stop(String)
    /// Start an instance from an image, beside its old process if that still runs.
    ///
    /// ``Event/ready(_:)`` or ``Event/failed(_:reason:)`` is awaited.
    case start(String, FileIdentity)
    /// Let the old process of an instance finish what it has in hand; ``Event/drained(_:)``.
    case drain(String)
    /// Send a signal to the process of an instance, which changes over to the image by itself.
    case signal(String, Int32, FileIdentity)
    /// End the new process of an instance, as a newer build is there; ``Event/failed(_:reason:)``.
    case abandon(String)
    /// Start an instance from the image it had; nothing more of it is awaited.
    case restore(String, FileIdentity)
    /// Nothing is to be done: these executables hold what everything runs on already.
    case unchanged([String])
    /// The reload is over; old processes may still drain.
    case report(ReloadReport)
    /// An instance is replaced when its process of before the last reload has gone.
    case heldUp(String)
    /// Prove these executables again: they changed during the reload.
    case again([String])
  }

  /// A process that finishes what it has in hand, after its successor was ready.
  struct Draining {
    let name: String
    /// Whether the next reload waits for it.
    var isAwaited = false
  }

  var steps: [ReloadStep] = []
  var builds: [String: FileIdentity] = [:]
  var canaries: [String: Canary] = [:]
  /// One for each place at most, so that reloads one after the other cannot pile up processes.
  ///
  /// A long task of one does not keep its neighbours on old code.
  var draining: [Draining] = []
  var newer: Set<String> = []
  var report: ReloadReport?
  var count = 0

  /// What the first replaced instance has shown of a build.
  enum Canary {
    case undecided
    case passed
    case failed
  }

  /// Whether a reload is on.
  var isReloading: Bool { report != nil }

  /// Whether the instance is being replaced just now, so that the end of one of its processes is
  /// the plan's business and no reason to restart it.
  func isReplacing(_ name: String) -> Bool {
    steps.contains { $0.instance.name == name && $0.stage.isActive }
  }

  /// Takes in what happened; the actions are to be performed in their order.
  mutating func receive(_ event: Event, at now: ContinuousClock.Instant) -> [Action] {
    var actions: [Action] = []
    switch event {
    case .proven(let builds, let instances):
      if isReloading {
        supersede(by: builds, &actions)
      } else {
        begin(builds, instances, at: now, &actions)
      }
    case .ready(let name):
      newProcessIsReady(name, at: now, &actions)
    case .failed(let name, let reason):
      newProcessFailed(name, reason, &actions)
    case .ended(let name):
      oldProcessEnded(name, &actions)
    case .drained(let name):
      if let index = draining.firstIndex(where: { $0.name == name }) { draining.remove(at: index) }
    case .withdrawn(let name):
      if let index = step(of: name) { steps[index].stage = .left }
    }
    advance(at: now, &actions)
    return actions
  }
}
