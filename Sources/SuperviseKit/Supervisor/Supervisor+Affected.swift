/// Which processes a new file concerns, and what they are started from.
extension Supervisor {
  /// All that is looked after: what processes run, and what they have loaded from beside it.
  var executables: [String] {
    let loaded = placements.flatMap(\.loaded.keys)
    return Set(placements.compactMap(\.executable) + loaded).sorted()
  }

  /// The processes that run, or have loaded, what these paths held before.
  func affected(by proven: [String: FileIdentity]) -> [ReloadInstance] {
    placements.compactMap { placement in
      guard placement.role == .incumbent else { return nil }
      let own = placement.executable.flatMap { proven[$0] }
      let library = placement.loaded.first { path, file in
        proven[path].map { $0 != file } ?? false
      }
      if let library, own == nil || own == placement.build {
        return instance(placement, basedOn: library.key, inPlaceOf: library.value)
      }
      guard own != nil, let path = placement.executable else { return nil }
      return instance(placement, basedOn: path)
    }
  }

  /// Learns which libraries of the application's own a process has loaded.
  func noteLoaded(by placement: Placement) {
    guard options.reloads, let executable = placement.executable, let process = placement.process
    else { return }
    placement.loaded = LoadedFiles.of(process.pid, beside: executable)
    guard !placement.loaded.isEmpty else { return }
    let watched = reloads.watched
    for path in placement.loaded.keys where !watched.contains(path) {
      _ = reloads.images.prove(path: path)
    }
    if !watched.isSuperset(of: placement.loaded.keys) { watchExecutables() }
  }

  /// Watches the executables that there are now.
  func watchExecutables() {
    guard let watcher = reloads.watcher else { return prepareReloads() }
    reloads.watched = Set(executables)
    do throws(WatchError) {
      try watcher.watch(executables: executables)
    } catch {
      log.say("\(error); a new build of what has come in will not be noticed")
    }
  }

  func instance(
    _ placement: Placement, basedOn source: String, policy wanted: ReloadPolicy? = nil,
    inPlaceOf former: FileIdentity? = nil
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
      image: runs ? former ?? placement.build : nil,
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
    case .rejected(.script(let file)):
      placement.build = file
      return true
    case .rejected(.neither(let file)) where reloads.images[path] == nil || !placement.isDirect:
      // The kernel says what it thinks of it, or knows more such files than these two.
      placement.build = file
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
        case .neither: "is neither an ELF file nor a script with #!"
        case .missing, .script, .proven: "is not there"
        }
      if let image = reloads.images[path] {
        log.say("\(placement.name): \(shown(path)) \(reason); it starts from the last good one")
        placement.use(image.file, image)
        return true
      }
      log.say("\(placement.name): \(shown(path)) \(reason); it starts when it has been built")
      return false
    }
  }
}
