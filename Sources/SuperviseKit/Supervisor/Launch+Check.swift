// What can only be judged when all has been read.
extension Launch {
  /// The patterns of `--watch`.
  func patterns(in folder: String) throws(ConfigurationError) -> [String] {
    do throws(OptionError) {
      for pattern in watch {
        try GlobPattern.check(pattern)
        try checkMeansFiles(pattern, in: folder)
      }
    } catch {
      throw ConfigurationError("--watch", error.detail)
    }
    return watch
  }

  /// Refuses what the processes cannot be meant to have, with the line of the Procfile.
  func check(
    _ formation: Formation, in folder: String, _ environment: Environment, file: String
  ) throws(ConfigurationError) {
    for place in formation.places {
      do throws(OptionError) {
        for pattern in place.spec.options.watch { try checkMeansFiles(pattern, in: folder) }
        if case .port(let port) = place.spec.options.ready {
          let own = environment.forPlace(place, in: formation)
          _ = try ProcessOptions.Ready.number(ofPort: port) { own[$0] }
        }
      } catch {
        throw ConfigurationError(file, line: place.spec.line, error.detail)
      }
    }
  }

  private func checkMeansFiles(_ pattern: String, in folder: String) throws(OptionError) {
    guard isDirectory(folder.appendingPath(pattern)) else { return }
    throw OptionError("'\(pattern)' is a folder; write '\(pattern)/**' for all that is in it")
  }
}
