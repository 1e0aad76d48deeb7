/// From a saved Procfile, or file of variables, to what runs.
extension Supervisor {
  /// Watches the files that say what is to run, where a person works on them.
  func prepareRereading() {
    guard options.reloads, let launch = options.launch else { return }
    let folders = Dictionary(
      grouping: launch.files(in: options.directory, procfile: options.procfile),
      by: \.parentPath)
    let selections = folders.filter { isDirectory($0.key) }.map { folder, files in
      SourceSelection.files(files.map(\.lastName), in: folder)
    }
    guard !mustPoll(selections.map(\.root)) else { return pollFiles(selections) }
    do throws(WatchError) {
      let watcher = try SourceWatcher(selections)
      rereading.watcher = watcher
      loop.watch(watcher.fileDescriptor) { [unowned self] in filesHaveChanged() }
    } catch {
      pollFiles(selections, because: error)
    }
  }

  private func pollFiles(_ selections: [SourceSelection], because error: WatchError? = nil) {
    beginPolling(because: error)
    polling.configuration = SourceScan(selections)
  }

  private func filesHaveChanged() {
    now = .now
    guard let watcher = rereading.watcher, shutdown == nil else { return }
    do throws(WatchError) {
      guard let change = try watcher.drain() else { return }
      noteFiles(change)
    } catch {
      loop.unwatch(watcher.fileDescriptor)
      rereading.watcher = nil
      pollFiles(watcher.selections, because: error)
    }
  }

  func noteFiles(_ change: SourceChange) {
    heedFiles(rereading.machine.receive(.changed(change.files), at: now))
  }

  func advanceRereading() {
    rereading.dueAt = nil
    heedFiles(rereading.machine.receive(.time, at: now))
  }

  private func heedFiles(_ actions: [BuildMachine.Action]) {
    for action in actions {
      switch action {
      case .start(let files):
        rereading.dueAt = nil
        reread(because: files)
        heedFiles(rereading.machine.receive(.finished(.success), at: now))
      case .wait(let instant): rereading.dueAt = instant
      case .built, .failed: break
      }
    }
  }

  private func reread(because files: [String]) {
    do throws(ConfigurationError) {
      let change = try readAgain(because: files.first)
      if !change.isEmpty { log.say("\(changed(files)): \(change)") }
    } catch {
      log.sayAlarm("\(error); what runs goes on as it is")
    }
  }
}
