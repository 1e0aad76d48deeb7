import Glibc

/// From a saved source to the end of a build.
extension Supervisor {
  /// Watches the sources, and starts the first build where there is something to build.
  func prepareBuilds() {
    guard options.reloads else { return }
    watchSources()
    if case .command = options.build {
      builds.isFirstAwaited = true
      heed(builds.machine.buildNow())
    }
  }

  /// Watches what single processes want to have watched now.
  func watchSourcesAnew() {
    if let watcher = builds.sources { loop.unwatch(watcher.fileDescriptor) }
    builds.sources = nil
    polling.sources = nil
    reloads.watchesSources = false
    watchSources()
  }

  private func watchSources() {
    builds.selections = options.watch
    if options.watch.isEmpty, options.builds {
      builds.selections = [.swiftPackage(at: options.directory)]
    }
    var selections = builds.selections
    for own in placements.flatMap(\.watch) where !selections.contains(own) {
      selections.append(own)
    }
    guard !selections.isEmpty else { return }
    reloads.watchesSources = true
    builds.locks = Set(selections.compactMap { gitLock(above: $0.root) })
    guard !mustPoll(selections.map(\.root)) else { return pollSources(selections) }
    do throws(WatchError) {
      let watcher = try SourceWatcher(selections)
      builds.sources = watcher
      loop.watch(watcher.fileDescriptor) { [unowned self] in sourcesHaveChanged() }
    } catch {
      pollSources(selections, because: error)
    }
  }

  private func pollSources(_ selections: [SourceSelection], because error: WatchError? = nil) {
    beginPolling(because: error)
    polling.sources = SourceScan(selections)
  }

  private func sourcesHaveChanged() {
    now = .now
    guard let watcher = builds.sources, shutdown == nil else { return }
    do throws(WatchError) {
      guard let change = try watcher.drain() else { return }
      if !isMissed(change) { noteChange(change) }
    } catch {
      loop.unwatch(watcher.fileDescriptor)
      builds.sources = nil
      pollSources(watcher.selections, because: error)
      // What made it fail is a change.
      noteChange(SourceChange(everythingIn: watcher.selections))
    }
  }

  func noteChange(_ change: SourceChange) {
    if options.builds {
      let sources = change.files.filter { file in
        builds.selections.contains { $0.concerns(file, isDirectory: change.isDirectory(file)) }
      }
      heed(builds.machine.receive(.changed(sources), at: now))
    }
    let executables = Set(placements.compactMap(\.executable))
    let read = change.files.filter { file in
      // Of executables there is more to be known than that they were written.
      !executables.contains(file)
        && placements.contains { $0.reads(file, change.isDirectory(file), options) }
    }
    for folder in read where change.isDirectory(folder) { builds.folders.insert(folder) }
    let calm = read.filter { !builds.flaps.disturbs($0, at: now) }
    heedRestart(builds.restarts.receive(.changed(calm), at: now))
  }

  func advanceBuilds() {
    if let due = builds.buildAt, now >= due {
      builds.buildAt = nil
      heed(builds.machine.receive(builds.passing, at: now))
    }
    if let due = builds.restartAt, now >= due {
      builds.restartAt = nil
      heedRestart(builds.restarts.receive(builds.passing, at: now))
    }
    let rested = builds.flaps.rested(at: now)
    if !rested.isEmpty { heedRestart([.start(triggers: rested)]) }
  }

  private func heed(_ actions: [BuildMachine.Action]) {
    for action in actions {
      switch action {
      case .start(let triggers): startBuild(because: triggers)
      case .wait(let instant): builds.buildAt = instant
      case .built: buildIsGood()
      case .failed(let status): buildHasFailed(status)
      }
    }
  }

  /// Builds now, whether or not anything has changed.
  func buildAsAsked() { heed(builds.machine.buildNow()) }

  private func startBuild(because files: [String]) {
    builds.buildAt = nil
    guard case .command(let command) = options.build, shutdown == nil else { return }
    log.say(files.isEmpty ? "\(command)" : "\(changed(files)); \(command)")
    builds.startedAt = now
    builds.report = BuildReport(of: command, isFirst: builds.isFirstAwaited)
    let id = nextID()
    var request = SpawnRequest(
      arguments: Command(command) { self.options.environment[$0] }.arguments,
      environment: options.environment.setting([
        ("SUPERVISE_INSTANCE", Strays.build), ("SUPERVISE_ID", id),
      ]),
      directory: options.directory)
    request.surroundings = request.surroundings.completed(by: descriptorLimit)
    do throws(SystemError) {
      let spawned = try spawner.spawn(request)
      _ = take(spawned, id: id, name: "build", kind: "build", .build)
      for (pipe, _) in spawned.outputs { readBuild(pipe) }
    } catch {
      log.say("the build could not be started: \(error)")
      buildEnded(.neverStarted(error.number))
    }
  }

  private func readBuild(_ pipe: Descriptor) {
    builds.pipes.append(pipe)
    loop.watch(pipe.number) { [unowned self] in
      now = .now
      if !showBuild(pipe) { loop.unwatch(pipe.number) }
    }
  }

  /// Reads once; false when there is nothing more.
  private func showBuild(_ pipe: Descriptor) -> Bool {
    var bytes = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(pipe.number, &bytes, bytes.count)
    guard count > 0 else { return count < 0 && errno == EINTR }
    for line in builds.report.take(bytes[..<count], at: now) { log.sayOfBuild(line) }
    return true
  }

  func buildEnded(_ how: Ended) {
    let status: BuildMachine.Status =
      if case .signalled(let number) = how { .signal(number) } else { .exit(how.exitCode) }
    for pipe in builds.pipes {
      while showBuild(pipe) {}
      loop.unwatch(pipe.number)
    }
    builds.pipes = []
    for line in builds.report.finish(at: now) { log.sayOfBuild(line) }
    guard shutdown == nil else { return }
    heed(builds.machine.receive(.finished(status), at: now))
  }

  private func buildIsGood() {
    log.say("built in \(took.short)")
    builds.startedAt = nil
    builds.hasFailed = false
    builds.saysUnchanged = !builds.isFirstAwaited
    builds.isFirstAwaited = false
    isUnsettled = true
    lookAtAll()
    builds.saysUnchanged = false
  }

  private func buildHasFailed(_ status: BuildMachine.Status) {
    builds.hasFailed = true
    let reason =
      switch status {
      case .exit(let code): "exit code \(code)"
      case .signal(let number): SignalName.text(number)
      }
    let runs = processes.values.contains { $0.isOfPlace }
    log.sayAlarm(
      "the build failed (\(reason)) after \(took.short); "
        + (builds.isFirstAwaited
          ? "waiting for a change of the sources"
          : runs ? "what runs goes on" : "nothing runs"))
    builds.startedAt = nil
  }

  private var took: Duration { builds.startedAt.map { now - $0 } ?? .zero }

  func changed(_ files: [String]) -> String {
    // Editors and tools make files that are gone again by now.
    let there = files.filter(exists)
    let files = there.isEmpty ? files : there
    let more = files.count > 1 ? " and \(files.count - 1) more" : ""
    return "\(shown(files[0]))\(more) changed"
  }
}
