/// From what happens to executables, to new builds that are proven.
extension Supervisor {
  /// Begins to watch the executables of the application's own folder.
  func prepareReloads() {
    guard options.reloads else { return }
    guard !executables.isEmpty else { return }
    reloads.watched = Set(executables)
    for path in executables { reloads.trigger.flapLimits[path] = options.flapLimit(of: path) }
    let folders = [options.directory] + executables.map(\.parentPath)
    guard !mustPoll(folders) else { return pollExecutables() }
    do throws(WatchError) {
      let watcher = try OutputWatcher(root: options.directory, executables: executables)
      reloads.watcher = watcher
      loop.watch(watcher.fileDescriptor) { [unowned self] in outputHasChanged() }
    } catch {
      pollExecutables(because: error)
    }
  }

  private func outputHasChanged() {
    now = .now
    guard let watcher = reloads.watcher, shutdown == nil else { return }
    do throws(WatchError) {
      let events = try watcher.drain()
      guard !isMissed(events) else { return }
      for event in events { heed(reloads.trigger.receive(event, at: now)) }
    } catch {
      loop.unwatch(watcher.fileDescriptor)
      pollExecutables(because: error)
      lookAtAll()
    }
  }

  private func pollExecutables(because error: WatchError? = nil) {
    beginPolling(because: error)
    polling.executables = true
    do throws(WatchError) {
      reloads.watcher = try OutputWatcher(
        root: options.directory, executables: executables, events: false)
    } catch {
      preconditionFailure("without events there is nothing to be refused: \(error)")
    }
  }

  /// Compares the executables with what they were.
  func lookForExecutables() {
    guard let watcher = reloads.watcher, shutdown == nil else { return }
    do throws(WatchError) {
      for event in try watcher.rescan() { heed(reloads.trigger.receive(event, at: now)) }
    } catch {
      preconditionFailure("without events there is nothing to be refused: \(error)")
    }
  }

  private func heed(_ actions: [ReloadTrigger.Action]) {
    for action in actions {
      switch action {
      case .fire(let paths):
        // What a build is just making is looked at when it is known to be good.
        if !builds.isBuilding { look(at: paths) }
      case .wait(let instant): reloads.triggerDeadline = instant
      case .idle: reloads.triggerDeadline = nil
      case .paused(let path):
        log.say("\(shown(path)) changes all the time; it is left alone until it rests")
      }
    }
  }

  func advanceReloads() {
    if let deadline = reloads.triggerDeadline, now >= deadline {
      heed(reloads.trigger.advance(to: now))
    }
    let due = reloads.busy.filter { $0.value.nextLook <= now }.keys.sorted()
    if !due.isEmpty { look(at: due) }
  }

  /// All executables, after a build that is known to have ended well.
  func lookAtAll() { look(at: executables) }

  /// Proves what lies at these paths; what is proven and new is a reason to reload.
  func look(at paths: [String]) {
    guard shutdown == nil else { return }
    retryMissing()
    var proven: [String: FileIdentity] = [:]
    for path in paths {
      switch reloads.images.prove(path: path, anyFile: options.watches(path)) {
      case .changed(let image), .unchanged(let image):
        reloads.busy[path] = nil
        reloads.byIdentity[image.file] = image
        proven[path] = image.file
      case .rejected(let proof):
        proven[path] = rejected(proof, path)
      }
    }
    // One that waits takes what is newest when it starts.
    for placement in placements where placement.machine.state == .waiting {
      guard let path = placement.executable, proven[path] != nil else { continue }
      if !reloads.plan.isReplacing(placement.id) { placement.image = nil }
    }
    let instances = affected(by: proven)
    if !instances.isEmpty { tellPlan(.proven(proven, instances)) }
  }

  /// What is known of a path that holds no proven executable.
  private func rejected(_ proof: ExecutableProof, _ path: String) -> FileIdentity? {
    switch proof {
    case .proven: break
    case .script(let file):
      reloads.busy[path] = nil
      return file
    case .neither(let file):
      reloads.busy[path] = nil
      guard isStarted(path) else { return file }
      log.say(
        "\(shown(path)) cannot be run: it is neither an ELF file nor a script with #!;"
          + " what runs goes on")
      return nil
    case .busy:
      let since = reloads.busy[path]?.since ?? now
      if now - since < ExecutableProof.patience {
        reloads.busy[path] = .init(since: since, nextLook: now + ExecutableProof.retryDelay)
        return nil
      }
      log.say("\(shown(path)) is still being written; waiting for its next change")
    case .missing:
      if !builds.isBuilding, !builds.hasFailed {
        log.say("\(shown(path)) is gone, as after a failed link; what runs goes on")
      }
    case .unfinished(let reason):
      log.say("\(shown(path)) cannot be run: \(reason); what runs goes on")
    }
    reloads.busy[path] = nil
    return nil
  }

  /// Whether the kernel is given what lies there, which is not only mapped by somebody.
  private func isStarted(_ path: String) -> Bool {
    placements.contains { $0.executable == path && $0.isDirect }
  }

  /// A path as a person wrote it.
  func shown(_ path: String) -> String {
    path.path(below: options.directory) ?? path
  }
}
