/// From a saved source that needs no build to the processes that read it.
extension Supervisor {
  /// Changes that need no build: the processes themselves read the sources when they start.
  func heedRestart(_ actions: [BuildMachine.Action]) {
    for action in actions {
      switch action {
      case .start(let files):
        builds.restartAt = nil
        restart(because: calm(files))
        heedRestart(builds.restarts.receive(.finished(.success), at: now))
      case .wait(let instant): builds.restartAt = instant
      case .built, .failed: break
      }
    }
  }

  /// Those that do not change all the time.
  private func calm(_ files: [String]) -> [String] {
    files.filter { file in
      if builds.flaps.lets(file, through: now, limit: options.flapLimit(of: file)) { return true }
      log.say("\(shown(file)) changes all the time; it is left alone until it rests")
      return false
    }
  }

  private func restart(because files: [String]) {
    guard !files.isEmpty else { return }
    log.say(changed(files))
    retryMissing()
    restartReaders(of: files)
  }

  private func restartReaders(of files: [String]) {
    guard let file = files.first else { return }
    let readers = placements.filter { placement in
      placement.role == .incumbent
        && files.contains { placement.reads($0, builds.folders.contains($0), options) }
    }
    replace(readers, because: file, .sources(files))
  }

  /// Replaces processes for a reason that is no new executable; the report names the file.
  ///
  /// The reason says what to look at again where a reload is on already.
  func replace(_ instances: [Placement], because file: String, _ reason: Reloads.Reason) {
    guard !instances.isEmpty else { return }
    reloads.sourceVersion += 1
    let build = Reloads.identity(ofVersion: reloads.sourceVersion)
    for placement in instances where placement.build == nil {
      placement.build = Reloads.identity(ofVersion: 0)
    }
    let concerned = instances.compactMap { placement in
      instance(placement, basedOn: file, policy: policy(of: placement))
    }
    guard !concerned.isEmpty else { return }
    // What is noted for after the reload that is on must not be forgotten for what comes now.
    let isNoted = reloads.plan.newer.contains(file)
    reloads.reasons[file] = isNoted ? reloads.reasons[file]?.joined(with: reason) : reason
    tellPlan(.proven([file: build], concerned))
  }

  /// How a process is replaced; one whose line has changed cannot stay what it is.
  private func policy(of placement: Placement) -> ReloadPolicy {
    guard let renewal = reloads.renewals[placement.id],
      !renewal.isSameWork(as: placement.assignment)
    else { return placement.settings.reload }
    let isSingleton = placement.settings.singleton || renewal.settings.singleton
    return renewal.settings.reload == .drain && !isSingleton ? .drain : .restart
  }

  /// What changed during a reload that is over now: all of it is one more reload.
  func lookAgain(at sources: [String]) {
    let told = reloads.events.count
    let executables = sources.filter { reloads.reasons[$0] == nil }
    var saved: [String] = []
    for source in sources {
      switch reloads.reasons.removeValue(forKey: source) {
      case .sources(let files): saved += files.filter { !saved.contains($0) }
      case .formation: renewAgain(because: source)
      case nil: continue
      }
    }
    if !executables.isEmpty { look(at: executables) }
    restartReaders(of: saved)
    let news = reloads.events[told...]
    reloads.events.replaceSubrange(told..., with: ReloadPlan.Event.joined(Array(news)))
  }
}

extension Placement {
  /// Whether a change of this source is a reason to restart it, without any build.
  func reads(_ file: String, _ isDirectory: Bool, _ options: SuperviseOptions) -> Bool {
    let watched = watch.isEmpty && !options.builds ? options.watch : watch
    return watched.contains { $0.concerns(file, isDirectory: isDirectory) }
  }
}
