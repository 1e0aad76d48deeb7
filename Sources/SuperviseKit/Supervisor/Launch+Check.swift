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

  /// Refuses what the processes cannot be meant to have, with the line of the Procfile.
  func check(
    _ formation: Formation, in folder: String, _ environment: Environment, file: String
  ) throws(ConfigurationError) {
    for place in formation.places {
      do throws(OptionError) {
        if case .port(let port) = place.spec.options.ready {
          let own = environment.forPlace(place, in: formation)
          _ = try ProcessOptions.Ready.number(ofPort: port) { own[$0] }
        }
      } catch {
        throw ConfigurationError(file, line: place.spec.line, error.detail)
      }
    }
  }
}
