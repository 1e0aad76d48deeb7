// What the events mean.
extension ReloadPlan.Event {
  /// The same news with all that was proven as one, so that it is one reload.
  ///
  /// An instance is replaced once, for the first reason that it has.
  static func joined(_ events: [ReloadPlan.Event]) -> [ReloadPlan.Event] {
    var builds: [String: FileIdentity] = [:]
    var instances: [ReloadInstance] = []
    var others: [ReloadPlan.Event] = []
    for event in events {
      guard case .proven(let proven, let concerned) = event else {
        others.append(event)
        continue
      }
      builds.merge(proven) { _, newer in newer }
      instances += concerned.filter { one in !instances.contains { $0.name == one.name } }
    }
    return builds.isEmpty ? others : others + [.proven(builds, instances)]
  }
}

extension ReloadPlan {
  mutating func begin(
    _ proven: [String: FileIdentity], _ instances: [ReloadInstance],
    at now: ContinuousClock.Instant, _ actions: inout [Action]
  ) {
    steps = instances.compactMap { instance in
      guard let build = proven[instance.executable], build != instance.image else { return nil }
      return instance.policy == .none ? nil : ReloadStep(instance: instance, build: build)
    }
    let changed = Set(steps.map(\.instance.executable))
    guard !changed.isEmpty else {
      if !proven.isEmpty { actions.append(.unchanged(proven.keys.sorted())) }
      return
    }
    count += 1
    builds = proven
    canaries = [:]
    report = ReloadReport(number: count, executables: changed.sorted(), began: now)
    for step in steps { report?.expect(step.instance) }
  }

  /// Those that wait for a build that is no longer the newest need not change over to it.
  mutating func supersede(
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

  mutating func newProcessIsReady(
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
      draining.append(Draining(name: name))
    }
  }

  mutating func newProcessFailed(
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
        ReloadReport.Failure(name: instance.label, reason: reason, isCanary: isCanary))
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

  mutating func oldProcessEnded(_ name: String, _ actions: inout [Action]) {
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

  func step(of name: String) -> Int? {
    steps.firstIndex { $0.instance.name == name }
  }
}
