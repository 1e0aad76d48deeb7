import Glibc

// What can only be judged when all has been read.
extension Launch {
  /// What the patterns of `--watch` mean.
  func selections(in folder: String) throws(ConfigurationError) -> [SourceSelection] {
    do throws(OptionError) {
      for pattern in watch { try GlobPattern.check(pattern) }
    } catch {
      throw ConfigurationError("--watch", error.detail)
    }
    let selections = SourceSelection.selections(of: watch, in: folder)
    for selection in selections where !isDirectory(selection.root) {
      throw ConfigurationError("--watch", "the folder '\(selection.root)' is not there")
    }
    return selections
  }

  /// What `--watch` does that is easily overlooked.
  func remarksOnWatching(in folder: String) -> [String] {
    guard mode == .development, !watch.isEmpty else { return [] }
    var remarks: [String] = []
    if build == .automatic, exists(folder.appendingPath("Package.swift")) {
      remarks.append(
        "'\(Self.swiftBuild)' is not run, for --watch names what to replace the processes for; for"
          + " both write watch=\(watch.joined(separator: ",")) above a process in the Procfile")
    }
    for pattern in watch where !GlobPattern.hasWildcard(pattern) {
      let path = folder.appendingPath(pattern)
      if !exists(path) { remarks.append("--watch: '\(pattern)' is not there yet") }
    }
    return remarks
  }

  /// Processes of the application whose executable cannot be told, so that it is not looked after.
  func remarksOnPrograms(of formation: Formation, _ environment: Environment) -> [String] {
    guard mode == .development else { return [] }
    return formation.places.compactMap { place in
      let options = place.spec.options
      let own = environment.forPlace(place, in: formation)
      guard place.number == 1, options.reload != ReloadPolicy.none, options.watch.isEmpty,
        watch.isEmpty, Command(place.spec.command, variable: { own[$0] }).hidesProgram
      else { return nil }
      return "'\(place.spec.name)' is not replaced when its executable is built anew, for its line"
        + " does not begin with it; write it first (cwd= and nice= above, variables before it), or"
        + " reload=none above it"
    }
  }

  /// Refuses what the processes cannot be meant to have, with the line of the Procfile.
  func check(
    _ formation: Formation, in folder: String, _ environment: Environment, file: String
  ) throws(ConfigurationError) {
    for place in formation.places {
      do throws(OptionError) {
        if place.number == 1 { try check(place.spec.options.surroundings, in: folder) }
        if case .port(let port) = place.spec.options.ready {
          let own = environment.forPlace(place, in: formation)
          _ = try ProcessOptions.Ready.number(ofPort: port) { own[$0] }
        }
      } catch {
        throw ConfigurationError(file, line: place.spec.line, error.detail)
      }
    }
  }

  /// Refuses what the system would refuse at each start.
  private func check(_ surroundings: Surroundings, in folder: String) throws(OptionError) {
    _ = try Account(surroundings)
    if let directory = surroundings.directory, !isDirectory(folder.appendingPath(directory)) {
      throw OptionError("cwd=\(directory) is no folder")
    }
    guard geteuid() != 0 else { return }
    let current = getpriority(Int32(PRIO_PROCESS.rawValue), 0)
    if let niceness = surroundings.niceness, niceness < current {
      throw OptionError("nice=\(niceness): only root can give a process more than its share")
    }
    for limit in surroundings.limits {
      var current = rlimit()
      guard let resource = Surroundings.resource(limit.name) else { continue }
      getrlimit(resource, &current)
      if limit.hard > current.rlim_max {
        throw OptionError("limit.\(limit.name): only root can go beyond \(current.rlim_max)")
      }
    }
  }
}
