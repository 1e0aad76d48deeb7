/// One place of a formation, with all that the process in it is given.
struct Assignment: Sendable, Equatable {
  var place: Formation.Place
  /// The variables that all processes have.
  let common: Environment
  /// The variables of this process.
  let variables: Environment
  let settings: ProcessSettings
  let command: Command
  /// Where it runs.
  let directory: String
  /// The executable, when it lies in the application's own folder or `--watch` names it; only
  /// such ones are reloaded.
  let executable: String?
  /// The files whose change is a reason to restart it, without a build.
  let watch: [SourceSelection]

  init(_ place: Formation.Place, of options: SuperviseOptions) {
    self.place = place
    common = options.environment
    // An account that is gone since the configuration was checked is told of at the start.
    let account = try? Account(place.spec.options.surroundings)
    let variables = options.environment.forPlace(place, in: options.formation)
      .setting(account?.variables ?? [])
    self.variables = variables
    let directory = options.directory(of: place.spec)
    self.directory = directory
    settings = ProcessSettings(place.spec, mode: options.mode)
    command = Command(place.spec.command) { variables[$0] }
    let found = command.program.flatMap {
      Program.path(of: $0, path: variables["PATH"], directory: directory)
    }?.normalizedPath
    executable = found.flatMap { path in
      path.path(below: options.directory) != nil || options.watches(path) ? path : nil
    }
    watch = SourceSelection.selections(of: place.spec.options.watch, in: options.directory)
  }

  /// Whether a process that was started for the other would be started just the same for this.
  ///
  /// Where the line stands, how many there are of its kind and which ports other kinds have is
  /// nothing to restart it for.
  func isSameWork(as other: Assignment) -> Bool {
    place.spec.command == other.place.spec.command
      && place.spec.options == other.place.spec.options && place.port == other.place.port
      && common == other.common
  }
}

extension SuperviseOptions {
  /// What is to run, in the order of the formation.
  var assignments: [Assignment] { formation.places.map { Assignment($0, of: self) } }
}
