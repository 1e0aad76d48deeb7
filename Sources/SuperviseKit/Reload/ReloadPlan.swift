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
    /// Send a signal to the process of an instance, which takes care of the rest.
    case signal(String, Int32)
    /// End the new process of an instance, as a newer build is there; ``Event/failed(_:reason:)``.
    case abandon(String)
    /// Start an instance from the image it had; nothing more of it is awaited.
    case restore(String, FileIdentity)
    /// These executables hold what everything runs on already.
    case unchanged([String])
    /// The reload is over; old processes may still drain.
    case report(ReloadReport)
    /// Prove these executables again: they changed during the reload.
    case again([String])
  }

  /// How many processes a kind may have beyond its formation, draining ones included.
  let surplus: Int
  private var steps: [ReloadStep] = []
  private var builds: [String: FileIdentity] = [:]
  private var canaries: [String: Canary] = [:]
  private var draining: [(name: String, kind: String)] = []
  private var newer: Set<String> = []
  private var report: ReloadReport?
  private var count = 0

  /// What the first replaced instance has shown of a build.
  private enum Canary {
    case undecided
    case passed
    case failed
  }

  /// - Parameter surplus: At least one, for an instance that drains is replaced before it stops.
  init(surplus: Int = 1) { self.surplus = max(1, surplus) }

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

// What the events mean.
extension ReloadPlan {
  private mutating func begin(
    _ proven: [String: FileIdentity], _ instances: [ReloadInstance],
    at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    steps = instances.compactMap { instance in
      guard let build = proven[instance.executable], build != instance.image else { return nil }
      return instance.policy == .none ? nil : ReloadStep(instance: instance, build: build)
    }
    let changed = Set(steps.map(\.instance.executable))
    let unchanged = proven.keys.filter { !changed.contains($0) }.sorted()
    if !unchanged.isEmpty { actions.append(.unchanged(unchanged)) }
    guard !changed.isEmpty else { return }
    count += 1
    builds = proven
    canaries = [:]
    report = ReloadReport(number: count, executables: changed.sorted(), began: now)
    for step in steps { report?.expect(step.instance) }
  }

  /// Those that wait for a build that is no longer the newest need not change over to it.
  private mutating func supersede(
    by proven: [String: FileIdentity], _ actions: inout [Action]
  ) {
    let paths = proven.filter { builds[$0.key] != $0.value }.keys
    newer.formUnion(paths)
    for index in steps.indices where paths.contains(steps[index].instance.executable) {
      switch steps[index].stage {
      case .waiting:
        steps[index].stage = .left
      case .starting(let isOldGone):
        steps[index].stage = .abandoned(isOldGone: isOldGone)
        actions.append(.abandon(steps[index].instance.name))
      case .stopping, .abandoned, .replaced, .left:
        continue
      }
    }
  }

  private mutating func newProcessIsReady(
    _ name: String, at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    guard let index = step(of: name), case .starting(let isOldGone) = steps[index].stage else {
      return
    }
    let instance = steps[index].instance
    steps[index].stage = .replaced
    canaries[instance.executable] = .passed
    report?.replaced(instance, at: now)
    if !isOldGone {
      actions.append(.drain(name))
      draining.append((name, instance.kind))
    }
  }

  private mutating func newProcessFailed(
    _ name: String, _ reason: String, _ actions: inout [Action]
  ) {
    guard let index = step(of: name) else { return }
    let instance = steps[index].instance
    switch steps[index].stage {
    case .starting(let isOldGone):
      steps[index].stage = .left
      restore(instance, isOldGone: isOldGone, &actions)
      let isCanary = canaries[instance.executable] != .passed
      if isCanary { canaries[instance.executable] = .failed }
      report?.failures.append(
        ReloadReport.Failure(name: name, reason: reason, isCanary: isCanary))
      for other in steps.indices where steps[other].stage == .waiting {
        let behind = steps[other].instance
        if behind.executable == instance.executable, isCanary || behind.kind == instance.kind {
          steps[other].stage = .left
        }
      }
    case .abandoned(let isOldGone):
      steps[index].stage = .left
      restore(instance, isOldGone: isOldGone, &actions)
    case .waiting, .stopping, .replaced, .left:
      return
    }
  }

  private func restore(_ instance: ReloadInstance, isOldGone: Bool, _ actions: inout [Action]) {
    guard isOldGone, let image = instance.image else { return }
    actions.append(.restore(instance.name, image))
  }

  private mutating func oldProcessEnded(_ name: String, _ actions: inout [Action]) {
    guard let index = step(of: name) else { return }
    switch steps[index].stage {
    case .stopping:
      steps[index].stage = .starting(isOldGone: true)
      actions.append(.start(name, steps[index].build))
    case .starting:
      steps[index].stage = .starting(isOldGone: true)
    case .abandoned:
      steps[index].stage = .abandoned(isOldGone: true)
    case .waiting, .replaced, .left:
      return
    }
  }

  private func step(of name: String) -> Int? {
    steps.firstIndex { $0.instance.name == name }
  }
}

// What comes next.
extension ReloadPlan {
  private mutating func advance(
    at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    for executable in report?.executables ?? [] {
      switch canaries[executable, default: .undecided] {
      case .undecided: sendCanary(executable, at: now, &actions)
      case .passed: sendNext(executable, at: now, &actions)
      case .failed: continue
      }
    }
    guard let report, steps.allSatisfy(\.stage.isOver) else { return }
    // Others that were looked at meanwhile are looked at again as well, but are no news yet.
    let isSuperseded = newer.contains { builds[$0] != nil }
    actions.append(.report(report.ended(superseded: isSuperseded)))
    if !newer.isEmpty { actions.append(.again(newer.sorted())) }
    newer = []
    steps = []
    self.report = nil
  }

  private mutating func sendCanary(
    _ executable: String, at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    let own = steps.indices.filter { steps[$0].instance.executable == executable }
    guard !own.contains(where: { steps[$0].stage.isActive }) else { return }
    let waiting = own.filter { steps[$0].stage == .waiting }
    guard let canary = waiting.min(by: { steps[$0].risk < steps[$1].risk }) else { return }
    if steps[canary].instance.policy.isSignal {
      // Nobody can prove the build: all that is left are processes that reload themselves.
      canaries[executable] = .passed
      sendNext(executable, at: now, &actions)
    } else {
      send(canary, at: now, &actions)
    }
  }

  private mutating func sendNext(
    _ executable: String, at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    for index in steps.indices
    where steps[index].instance.executable == executable && steps[index].stage == .waiting {
      let kind = steps[index].instance.kind
      let isKindBusy = steps.contains { $0.instance.kind == kind && $0.stage.isActive }
      if !isKindBusy { send(index, at: now, &actions) }
    }
  }

  private mutating func send(
    _ index: Int, at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    let instance = steps[index].instance
    switch instance.policy {
    case .signal(let number):
      steps[index].stage = .replaced
      report?.replaced(instance, at: now)
      actions.append(.signal(instance.name, number))
    case .drain where !instance.isSingleton:
      guard draining.count(where: { $0.kind == instance.kind }) < surplus else { return }
      steps[index].stage = .starting(isOldGone: false)
      actions.append(.start(instance.name, steps[index].build))
    case .drain, .restart, .none:
      steps[index].stage = .stopping
      actions.append(.stop(instance.name))
    }
  }
}
