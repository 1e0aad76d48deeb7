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
  /// The command line all of this was read by, and can be read by again.
  package var launch: Launch?
  package var formation: Formation
  package var environment: Environment
  /// Where the processes run: the folder of the Procfile.
  package var directory: String
  package var style: LogStyle
  package var storage = LogStorage()
  package var build: Build = .none
  /// The files whose change builds or, without a build, restarts.
  var watch: [SourceSelection] = []
  /// Whether files are looked at from time to time, whatever the kernel tells.
  package var polls = false
  /// Whether a person sits at a terminal: single keys are taken, a line below the log is drawn.
  package var isInteractive = false
  /// Whether executables are looked after at all.
  package var reloads: Bool
  /// What is allowed and may still not be meant; told at the start.
  package var remarks: [String] = []
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

  /// Whether a file is watched because `--watch` says so.
  func watches(_ file: String) -> Bool {
    watch.contains { $0.concerns(file, isDirectory: false) }
  }

  /// How often a file may change within half a minute; nil for the usual.
  ///
  /// Whoever names a single file knows what is done to it.
  func flapLimit(of file: String) -> Int? {
    let isNamed = watch.contains { selection in
      !selection.heedsIgnoreRules && selection.concerns(file, isDirectory: false)
    }
    return isNamed ? 30 : nil
  }

  /// Where the processes of a kind run.
  func directory(of spec: ProcessSpec) -> String {
    directory.appendingPath(spec.options.surroundings.directory ?? "")
  }

  /// Whether a build is run here.
  var builds: Bool {
    if case .command = build { true } else { false }
  }
}
