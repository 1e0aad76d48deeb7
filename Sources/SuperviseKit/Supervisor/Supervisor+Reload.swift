/// From what happens to executables, to new builds that are proven.
extension Supervisor {
  /// Begins to watch the executables of the application's own folder.
  func prepareReloads() {
    guard options.reloads else { return }
    let executables = Set(placements.compactMap(\.executable)).sorted()
    guard !executables.isEmpty else { return }
    for path in executables { reloads.trigger.flapLimits[path] = options.flapLimit(of: path) }
    do throws(WatchError) {
      let watcher = try OutputWatcher(root: options.directory, executables: executables)
      reloads.watcher = watcher
      loop.watch(watcher.fileDescriptor) { [unowned self] in outputHasChanged() }
    } catch {
      log.say("\(error); a new build will not be noticed")
    }
  }

  private func outputHasChanged() {
    now = .now
    guard let watcher = reloads.watcher, shutdown == nil else { return }
    do throws(WatchError) {
      for event in try watcher.drain() { heed(reloads.trigger.receive(event, at: now)) }
    } catch {
      log.say("\(error); a new build will not be noticed any more")
      loop.unwatch(watcher.fileDescriptor)
      reloads.watcher = nil
    }
  }

  private func heed(_ actions: [ReloadTrigger.Action]) {
    for action in actions {
      switch action {
      case .fire(let paths): look(at: paths)
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
  func lookAtAll() {
    look(at: Set(placements.compactMap(\.executable)).sorted())
  }

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
    let instances = proven.keys.flatMap(instances)
    if !instances.isEmpty { tellPlan(.proven(proven, instances)) }
  }

  /// What is known of a path that holds no proven executable.
  private func rejected(_ proof: ExecutableProof, _ path: String) -> FileIdentity? {
    switch proof {
    case .proven: break
    case .notELF:
      reloads.busy[path] = nil
      return FileIdentity(path: path)
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

  /// The processes that a change of this executable concerns.
  private func instances(of path: String) -> [ReloadInstance] {
    placements.compactMap { placement in
      guard placement.role == .incumbent, placement.executable == path else { return nil }
      return instance(placement, basedOn: path)
    }
  }

  func instance(
    _ placement: Placement, basedOn source: String, policy wanted: ReloadPolicy? = nil
  ) -> ReloadInstance? {
    let runs = placement.machine.isAlive
    switch placement.machine.state {
    case .waiting, .stopped, .done, .stopping(.stay): return nil
    case .starting, .ready, .stopping, .backoff, .failed, .missing: break
    }
    let policy = wanted ?? placement.settings.reload
    if let build = placement.build, let image = placement.image {
      reloads.byIdentity[build] = image
    }
    return ReloadInstance(
      name: placement.id, label: placement.name, kind: placement.kind, executable: source,
      image: runs ? placement.build : nil,
      policy: runs ? policy : policy.withoutProcess,
      isSingleton: placement.settings.singleton)
  }

  /// Makes sure that a placement has something to be started from; false when it is not there.
  func findImage(for placement: Placement) -> Bool {
    guard options.reloads, let path = placement.executable else { return true }
    if placement.image != nil { return true }
    switch reloads.images.prove(path: path) {
    case .changed(let image), .unchanged(let image):
      placement.image = image
      placement.build = image.file
      return true
    case .rejected(.notELF):
      placement.build = FileIdentity(path: path)
      return true
    case .rejected(let proof):
      if case .busy = proof {
        // Its writer may be through without any further event to tell.
        reloads.busy[path] = .init(since: now, nextLook: now + ExecutableProof.retryDelay)
      }
      let reason =
        switch proof {
        case .unfinished(let reason): "cannot be run: \(reason)"
        case .busy: "is being written"
        case .missing, .notELF, .proven: "is not there"
        }
      log.say("\(placement.name): \(shown(path)) \(reason); it starts when it has been built")
      return false
    }
  }

  /// A path as a person wrote it.
  func shown(_ path: String) -> String {
    path.path(below: options.directory) ?? path
  }
}
