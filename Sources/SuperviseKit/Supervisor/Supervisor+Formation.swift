/// From the formation that runs to another one.
extension Supervisor {
  /// Reads the Procfile and the files of variables again, and runs what they say now.
  ///
  /// - Parameters:
  ///   - file: What has changed, to be named in the report.
  ///   - renewal: `all` replaces also what is to run on as it is, one after the other.
  /// - Returns: What is going to happen; most of it takes its time.
  /// - Throws: The first mistake. Then everything runs on as it is.
  @discardableResult
  func readAgain(
    because file: String? = nil, renewing renewal: FormationChange.Renewal = .changed
  ) throws(ConfigurationError) -> FormationChange {
    guard let launch = options.launch else { return FormationChange(from: [], to: []) }
    let wanted = try launch.options()
    return adapt(to: wanted, because: file ?? options.procfile, renewing: renewal)
  }

  /// Runs other numbers of processes; all that goes on does what it did.
  func scale(to wanted: SuperviseOptions) {
    options.formation = wanted.formation.keepingPorts(of: options.formation)
    options.launch = wanted.launch
    let running = placements.filter { $0.role == .incumbent }.map(\.assignment)
    let change = FormationChange(from: running, to: options.assignments, renewing: .none)
    let counts = Dictionary(
      options.formation.places.map { ($0.place, $0.count) }, uniquingKeysWith: max)
    for placement in placements { counts[placement.id].map(placement.beOneOf) }
    for (id, count) in counts { reloads.renewals[id]?.place.count = count }
    for place in change.removed { remove(place.place) }
    add(change.added)
    if !change.isEmpty { watchAnew() }
    isUnsettled = true
  }

  private func adapt(
    to wanted: SuperviseOptions, because file: String, renewing renewal: FormationChange.Renewal
  ) -> FormationChange {
    options.formation = wanted.formation.keepingPorts(of: options.formation)
    options.environment = wanted.environment
    options.launch = wanted.launch
    let running = placements.filter { $0.role == .incumbent }.map(\.assignment)
    let change = FormationChange(from: running, to: options.assignments, renewing: renewal)
    for assignment in change.kept { incumbent(assignment.place.place)?.adopt(assignment) }
    for place in change.removed { remove(place.place) }
    add(change.added)
    // Somebody may have gone back to what a reload is just leading away from.
    let reverted = change.kept.filter { reloads.renewals[$0.place.place] != nil }
    renew(change.renewed + reverted, because: file)
    if !change.isEmpty { watchAnew() }
    isUnsettled = true
    return change
  }

  /// Whoever is there finishes what it has in hand, as after a reload, and goes.
  private func remove(_ id: String) {
    guard let placement = incumbent(id) else { return }
    tellPlan(.withdrawn(id))
    for leaving in placements where leaving.id == id && leaving.role != .leaving {
      leaving.role = .leaving
      tell(leaving, .stop)
    }
    placements.removeAll { $0 === placement }
    placements.append(placement)
    for gone in placements where gone.id == id && !gone.hasRemains { hasLeft(gone) }
  }

  /// Puts new ones in their places, in the order of the formation.
  private func add(_ assignments: [Assignment]) {
    let added = assignments.map { Placement($0, seed: nextSeed()) }
    let order = options.formation.places.map(\.place)
    let all = placements + added
    placements =
      order.compactMap { id in all.first { $0.role == .incumbent && $0.id == id } }
      + all.filter { $0.role != .incumbent }
    for placement in added { tell(placement, .start) }
  }

  /// What runs is replaced as by a new build; the rest does something else when it starts.
  private func renew(_ assignments: [Assignment], because file: String) {
    var running: [Placement] = []
    for assignment in assignments {
      guard let placement = incumbent(assignment.place.place) else { continue }
      let isSame = assignment.isSameWork(as: placement.assignment)
      if placement.machine.isAlive {
        reloads.renewals[placement.id] = assignment
        running.append(placement)
      } else if placement.isOnTrial {
        placement.tryOut(assignment)
      } else {
        placement.adopt(assignment)
        // What was stopped by request stays so, and what is done need not be done twice.
        let isOver = placement.machine.state == .done && isSame
        if placement.machine.state != .stopped, !isOver { tell(placement, .start) }
      }
    }
    replace(running, because: file, .formation)
  }

  /// Replaces what was to be renewed during a reload and has not been.
  func renewAgain(because file: String) {
    let left = reloads.renewals.keys.sorted().compactMap(incumbent)
    replace(left, because: file, .formation)
  }

  /// Watches what there is to be watched now.
  private func watchAnew() {
    guard options.reloads else { return }
    watchSourcesAnew()
    watchExecutables()
  }
}
