/// One who fills a place of the formation: its machine, its process and what is left of earlier
/// ones.
///
/// A place has one incumbent. During a reload it may have a successor beside it, which becomes
/// the incumbent when it is ready; the former one then leaves when its work is done.
final class Placement {
  enum Role {
    case incumbent, successor, leaving
  }

  let place: Formation.Place
  let settings: ProcessSettings
  let command: Command
  let environment: Environment
  /// The executable, when it lies in the application's own folder; only such ones are reloaded.
  let executable: String?
  /// The files whose change is a reason to restart it, without a build.
  let watch: [GlobPattern]

  var role = Role.incumbent
  var machine: ProcessMachine
  var process: LiveProcess?
  /// Earlier processes of which something is left.
  var remains: [LiveProcess] = []
  /// Those that died since one was ready here; the next one can take over what they had.
  var dead: [String] = []
  /// What it runs on, or is to run on.
  var image: ExecutableImage?
  /// What `image` is, or what stands for it where there is none: a script, a set of sources.
  var build: FileIdentity?
  /// Started from a new build, and not ready on it yet.
  var isOnTrial = false
  var probe: Probe?

  init(
    _ place: Formation.Place, settings: ProcessSettings, environment: Environment,
    directory: String, seed: UInt64
  ) {
    self.place = place
    self.settings = settings
    self.environment = environment
    command = Command(place.spec.command) { environment[$0] }
    let found = command.program.flatMap {
      Program.path(of: $0, path: environment["PATH"], directory: directory)
    }?.normalizedPath
    executable = found.flatMap { $0.path(below: directory) == nil ? nil : $0 }
    watch = place.spec.options.watch.map { GlobPattern($0) }
    machine = ProcessMachine(settings, seed: seed)
  }

  /// Another one for the same place.
  init(succeeding other: Placement, seed: UInt64) {
    place = other.place
    settings = other.settings
    environment = other.environment
    command = other.command
    executable = other.executable
    watch = other.watch
    machine = ProcessMachine(settings, seed: seed)
    role = .successor
  }

  var name: String { place.name }
  var kind: String { place.spec.name }
  var hasRemains: Bool { process != nil || !remains.isEmpty }
}
