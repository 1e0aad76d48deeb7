/// Restarts that leave no moment without a ready process where the kind can be drained.
///
/// They go the way of a reload: one instance first, and if that one does not become ready the
/// others stay. What lies on disk is what is started, or the last good executable where nothing
/// lies there.
extension Supervisor {
  /// Restarts all but what was stopped, those that others need first.
  ///
  /// - Parameters:
  ///   - reason: What is said of it in the log.
  ///   - policy: Those with this policy are left alone.
  func restartAll(because reason: String, sparing policy: ReloadPolicy? = nil) {
    let concerned = placements.filter { placement in
      placement.role == .incumbent && !placement.machine.isAtRest
        && placement.settings.reload != policy
    }
    _ = roll(concerned, because: reason)
  }

  /// Restarts these; its number is that of ``Rolls/isOn(_:)``.
  func roll(_ concerned: [Placement], because reason: String) -> Int {
    for placement in concerned where !placement.machine.isAlive || placement.machine.isAtRest {
      revive(placement)
    }
    let ids = concerned.filter(\.isForReload).map(\.id)
    let id = control.rolls.add(layers(of: ids), because: reason)
    continueRolls()
    return id
  }

  /// What does not run has nothing to lose.
  private func revive(_ placement: Placement) {
    if options.reloads, placement.machine.state == .failed || placement.machine.state == .missing {
      placement.image = nil
    }
    tell(placement, .start)
  }

  /// By how many others are to be ready before.
  private func layers(of ids: [String]) -> [[String]] {
    var depths: [String: Int] = [:]
    func depth(_ kind: String) -> Int {
      if let known = depths[kind] { return known }
      let needed = placements.first { $0.kind == kind }?.place.spec.options.after ?? []
      let depth = needed.map { depth($0) + 1 }.max() ?? 0
      depths[kind] = depth
      return depth
    }
    let placed = ids.compactMap(incumbent).map { (id: $0.id, depth: depth($0.kind)) }
    return Set(placed.map(\.depth)).sorted().map { wanted in
      placed.filter { $0.depth == wanted }.map(\.id)
    }
  }

  /// Begins the next layer, when the plan is free for it.
  func continueRolls() {
    guard shutdown == nil else { return control.rolls.forgetAll() }
    guard !reloads.plan.isReloading, !reloads.isTelling else { return }
    while true {
      guard var roll = control.rolls.running ?? control.rolls.next() else { return }
      guard !roll.layers.isEmpty else {
        control.rolls.running = nil
        isUnsettled = true
        continue
      }
      let layer = roll.layers.removeFirst()
      control.rolls.running = roll
      begin(layer)
      if reloads.plan.isReloading { return }
    }
  }

  private func begin(_ ids: [String]) {
    var builds: [String: FileIdentity] = [:]
    var instances: [ReloadInstance] = []
    for placement in ids.compactMap(incumbent) {
      if placement.build == nil { placement.build = Reloads.identity(ofVersion: 0) }
      let key = String.roll + placement.kind
      let policy: ReloadPolicy = placement.settings.reload == .drain ? .drain : .restart
      guard let instance = instance(placement, basedOn: key, policy: policy) else { continue }
      if builds[key] == nil {
        reloads.sourceVersion += 1
        builds[key] = Reloads.identity(ofVersion: reloads.sourceVersion)
      }
      instances.append(instance)
    }
    if !instances.isEmpty { tellPlan(.proven(builds, instances)) }
  }

  /// Whether what has ended was a restart; it has been reported then.
  func endsRoll(_ report: ReloadReport) -> Bool {
    guard let roll = control.rolls.running, report.executables.allSatisfy(\.isOfRoll) else {
      return false
    }
    let text = "\(roll.reason): \(report.ofRestart)"
    log.say(text)
    noteReload(report, text: text)
    if !report.failures.isEmpty {
      control.rolls.running?.layers = []
      refuse(roll.id, report)
    }
    return true
  }

  private func refuse(_ roll: Int, _ report: ReloadReport) {
    let error = ControlError(.failed, report.ofRestart)
    for wait in control.waits where wait.roll == roll { wait.connection.refuse(error) }
    control.waits.removeAll { $0.roll == roll }
  }
}

extension Placement {
  /// Whether it runs, or is to run, so that a restart has something to replace.
  fileprivate var isForReload: Bool {
    switch machine.state {
    case .waiting, .stopped, .done, .stopping(.stay): false
    case .starting, .ready, .stopping, .backoff, .failed, .missing: true
    }
  }
}

extension ProcessMachine {
  /// Whether it is left alone until somebody asks for it.
  fileprivate var isAtRest: Bool {
    switch state {
    case .stopped, .stopping(.stay), .done: true
    case .waiting, .starting, .ready, .stopping, .backoff, .failed, .missing: false
    }
  }
}

extension String {
  fileprivate static let roll = "restart of "
  fileprivate var isOfRoll: Bool { hasPrefix(Self.roll) }
}

extension ReloadReport {
  /// What a restart has done, in one line: `worker 4/4 in 83 ms`.
  var ofRestart: String {
    var parts = kinds.filter { $0.replaced > 0 }.map { kind in
      let share = kind.expected > 1 ? " \(kind.replaced)/\(kind.expected)" : ""
      return "\(kind.name)\(share) in \(kind.duration.short)"
    }
    parts += failures.map { "\($0.name) was not ready (\($0.reason))" }
    let left = kinds.filter { $0.replaced < $0.expected && $0.expected > 1 }.map(\.name)
    if !failures.isEmpty, !left.isEmpty {
      parts.append("the rest of \(left.joined(separator: ", ")) was left alone")
    }
    return parts.isEmpty ? "nothing was left to restart" : parts.joined(separator: ", ")
  }
}
