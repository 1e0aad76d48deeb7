import Glibc

// What the log looks like, and where it is kept.
extension Launch {
  func style(_ environment: Environment) -> LogStyle {
    var style = LogStyle()
    style.form = form
    style.terminal = form == .text && isatty(STDOUT_FILENO) == 1
    style.time = time
    style.date = mode == .production
    style.raw = raw
    switch colour {
    case .always: style.colour = form == .text
    case .never: style.colour = false
    case .auto:
      let unwanted = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      style.colour = style.terminal && !unwanted && environment["TERM"] != "dumb"
    }
    return style
  }

  func storage(for formation: Formation) throws(ConfigurationError) -> LogStorage {
    var storage = LogStorage()
    storage.overflow = overflow
    guard let logFolder else {
      for (option, isGiven) in [("--log-rotate", rotation != nil), ("--log-keep", keep != nil)]
      where isGiven {
        throw ConfigurationError(option, "there are no log files; name a folder with --log-dir")
      }
      return storage
    }
    storage.folder = absolute(logFolder)
    // The files beside those of the processes.
    for name in ["all", "build"] where formation.places.contains(where: { $0.name == name }) {
      throw ConfigurationError(
        "--log-dir", "'\(name).log' is not the file of a process; rename '\(name)'")
    }
    guard rotation != nil || keep == nil else {
      throw ConfigurationError("--log-keep", "say with --log-rotate when a file is put aside")
    }
    guard let rotation else { return storage }
    guard var parsed = LogRotation(parsing: rotation) else {
      throw ConfigurationError(
        "--log-rotate",
        "'\(rotation)' is no size in K, M or G and no time in h or d;"
          + " write '100M', '1d' or '100M,1d'")
    }
    if let keep { parsed.keep = keep }
    guard parsed.keep > 0 else {
      throw ConfigurationError("--log-keep", "at least one file is kept")
    }
    storage.rotation = parsed
    return storage
  }
}
