/// All that `supervise` has been told, read and checked.
package struct SuperviseOptions: Sendable {
  /// How new executables come about while it runs.
  package enum Build: Sendable, Equatable {
    /// There is nothing to build.
    case none
    /// Somebody else builds.
    case elsewhere
    case command(String)
  }

  package var mode: Mode
  /// The Procfile as it was named, for messages.
  package var procfile: String
  package var formation: Formation
  package var environment: Environment
  /// Where the processes run: the folder of the Procfile.
  package var directory: String
  package var style: LogStyle
  package var storage = LogStorage()
  package var build: Build = .none
  /// Globs of the files whose change builds or, without a build, restarts.
  package var watch: [String] = []
  /// Whether executables are looked after at all.
  package var reloads: Bool
  /// Whether one process that was given up on ends everything.
  package var exitOnFailed = false

  package init(
    mode: Mode, procfile: String, formation: Formation, environment: Environment,
    directory: String, style: LogStyle
  ) {
    self.mode = mode
    self.procfile = procfile
    self.formation = formation
    self.environment = environment
    self.directory = directory
    self.style = style
    reloads = mode == .development
  }

  /// Whether a build is run here.
  var builds: Bool {
    if case .command = build { true } else { false }
  }
}
