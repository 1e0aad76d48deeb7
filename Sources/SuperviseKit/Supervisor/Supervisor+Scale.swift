/// More or fewer of a kind, while it runs.
extension Supervisor {
  func orderScale(
    _ shares: [ControlRequest.Share], for client: ControlConnection
  ) throws(ControlError) {
    try refuseAtTheEnd()
    let kinds = options.formation.specs.map(\.name)
    for share in shares where !kinds.contains(share.kind) {
      throw ControlError(.unknownName, Names.unknown(share.kind, among: kinds))
    }
    let changes = shares.map { share in
      let before = count(of: share.kind)
      return before == share.count
        ? "\(share.kind) stays at \(before)" : "\(share.kind) from \(before) to \(share.count)"
    }
    let text = changes.joined(separator: ", ")
    try adapt(to: shares, text)
    client.answer(["ok": true, "doing": .string(text)])
  }

  /// One more or one fewer of the kind that does the work.
  func scaleWorkers(by step: Int) {
    guard shutdown == nil else { return }
    let several = options.formation.specs.filter {
      !ProcessSettings($0, mode: options.mode).singleton
    }
    let spec = several.first { $0.name == "worker" } ?? (several.count == 1 ? several[0] : nil)
    guard let kind = spec?.name else {
      return log.say("there is no 'worker' here to have more or fewer of")
    }
    let (before, wanted) = (count(of: kind), count(of: kind) + step)
    guard wanted >= 1 else { return log.say("one \(kind) is left; it stays") }
    do throws(ControlError) {
      try adapt(
        to: [ControlRequest.Share(kind, wanted)], "\(kind) from \(before) to \(wanted)")
    } catch {
      log.say("\(error)")
    }
  }

  private func adapt(to shares: [ControlRequest.Share], _ text: String) throws(ControlError) {
    do throws(ConfigurationError) {
      let wanted = try options.scaled(to: shares)
      log.say("\(text), as asked")
      scale(to: wanted)
    } catch {
      throw ControlError(.refused, error.detail)
    }
  }

  private func count(of kind: String) -> Int {
    placements.count { $0.role == .incumbent && $0.kind == kind }
  }

  /// What was `worker` is `worker.1` when there are more, in the log as well.
  func adaptNames() {
    for placement in placements {
      guard let process = placement.process, process.name != placement.name else { continue }
      log.say("\(process.name) is called \(placement.name) from now on")
      process.name = placement.name
      for pipe in process.pipes { log.rename(pipe, to: placement.name) }
    }
  }
}

extension SuperviseOptions {
  /// The same with other numbers of processes, also when the Procfile is read again later.
  ///
  /// Nothing is read: what a file says by now comes into force when somebody asks for it.
  func scaled(to shares: [ControlRequest.Share]) throws(ConfigurationError) -> SuperviseOptions {
    guard var launch else { return self }
    for share in shares {
      var counts = launch.counts?.split(separator: ",").map(String.init) ?? []
      counts.removeAll { $0.hasPrefix(share.kind + "=") }
      launch.counts = (counts + ["\(share.kind)=\(share.count)"]).joined(separator: ",")
      let isNew = !launch.names.isEmpty && !launch.names.contains(share.kind)
      if isNew { launch.names.append(share.kind) }
    }
    var result = self
    result.formation = try Formation(
      Procfile(processes: formation.specs), counts: launch.counts, only: launch.names,
      basePort: formation.basePort)
    result.launch = launch
    return result
  }
}
