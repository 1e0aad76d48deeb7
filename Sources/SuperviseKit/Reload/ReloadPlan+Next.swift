// What comes next.
extension ReloadPlan {
  mutating func advance(
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
    let canary = waiting.min { left, right in
      let (one, other) = (steps[left], steps[right])
      return one.risk != other.risk ? one.risk < other.risk : !isHeldUp(one) && isHeldUp(other)
    }
    guard let canary else { return }
    if steps[canary].instance.policy.isSignal {
      // Nobody can prove the build: all that is left are processes that reload themselves.
      canaries[executable] = .passed
      sendNext(executable, at: now, &actions)
    } else {
      send(canary, at: now, &actions)
    }
  }

  private func isHeldUp(_ step: ReloadStep) -> Bool {
    draining.contains { $0.name == step.instance.name }
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
      actions.append(.signal(instance.name, number, steps[index].build))
    case .drain where !instance.isSingleton:
      if let former = draining.firstIndex(where: { $0.name == instance.name }) {
        if !draining[former].isAwaited { actions.append(.heldUp(instance.name)) }
        draining[former].isAwaited = true
        return
      }
      steps[index].stage = .starting(isOldGone: false)
      actions.append(.start(instance.name, steps[index].build))
    case .drain, .restart, .none:
      steps[index].stage = .stopping
      actions.append(.stop(instance.name))
    }
  }
}
