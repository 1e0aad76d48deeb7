/// From a saved source that needs no build to the processes that read it.
extension Supervisor {
  /// Changes that need no build: the processes themselves read the sources when they start.
  func heedRestart(_ actions: [BuildMachine.Action]) {
    for action in actions {
      switch action {
      case .start(let files):
        builds.restartAt = nil
        restart(because: files)
        heedRestart(builds.restarts.receive(.finished(.success), at: now))
      case .wait(let instant): builds.restartAt = instant
      case .built, .failed: break
      }
    }
  }

  private func restart(because files: [String]) {
    guard let file = files.first else { return }
    log.say(changed(files))
    retryMissing()
    reloads.sourceVersion += 1
    let build = Reloads.identity(ofVersion: reloads.sourceVersion)
    let instances = placements.filter { placement in
      placement.role == .incumbent && files.contains { placement.watches($0, options) }
    }
    for placement in instances where placement.build == nil {
      placement.build = Reloads.identity(ofVersion: 0)
    }
    let concerned = instances.compactMap { instance($0, basedOn: file) }
    if !concerned.isEmpty { tellPlan(.proven([file: build], concerned)) }
  }
}

extension Placement {
  /// Whether a change of this source is a reason to restart it, without any build.
  func watches(_ file: String, _ options: SuperviseOptions) -> Bool {
    guard !watch.isEmpty else { return !options.builds && !options.watch.isEmpty }
    let path = file.path(below: options.directory) ?? file
    return watch.contains { $0.matches(path) }
  }
}
