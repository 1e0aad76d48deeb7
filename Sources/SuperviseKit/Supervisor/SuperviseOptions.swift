/// All that `supervise` has been told, read and checked.
package struct SuperviseOptions: Sendable {
  /// How new executables come about while it runs.
  package enum Build: Sendable, Equatable {
    /// Somebody else builds, if there is anything to build.
    case none
    case command(String)
  }

  package var mode: Mode
  package var formation: Formation
  package var environment: Environment
  /// Where the processes run: the folder of the Procfile.
  package var directory: String
  package var style: LogStyle
  package var build: Build = .none
  /// Globs of the files whose change builds or, without a build, restarts.
  package var watch: [String] = []
  /// Whether executables are looked after at all.
  package var reloads: Bool
  /// Whether one process that was given up on ends everything.
  package var exitOnFailed = false

  package init(
    mode: Mode, formation: Formation, environment: Environment, directory: String, style: LogStyle
  ) {
    self.mode = mode
    self.formation = formation
    self.environment = environment
    self.directory = directory
    self.style = style
    reloads = mode == .development
  }
}
