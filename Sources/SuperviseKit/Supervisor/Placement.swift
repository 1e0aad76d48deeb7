/// One who fills a place of the formation: its machine, its process and what is left of earlier
/// ones.
///
/// A place has one incumbent. During a reload it may have a successor beside it, which becomes
/// the incumbent when it is ready; the former one then leaves when its work is done.
final class Placement {
  enum Role {
    case incumbent, successor, leaving
  }

  /// What it does; another one after a change of the Procfile.
  private(set) var assignment: Assignment
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
  /// What its process has loaded from beside its executable.
  var loaded: [String: FileIdentity] = [:]
  /// Whether it was said that its process has closed its status pipe.
  var saidStatusEnd = false
  /// Started from a new build, and not ready on it yet.
  var isOnTrial = false
  var probe: Probe?

  /// What it did before the assignment that it is tried with.
  private var former: Assignment?

  init(_ assignment: Assignment, seed: UInt64) {
    self.assignment = assignment
    machine = ProcessMachine(assignment.settings, seed: seed)
  }

  /// Another one for the same place.
  init(succeeding other: Placement, as assignment: Assignment?, seed: UInt64) {
    self.assignment = assignment ?? other.assignment
    machine = ProcessMachine(self.assignment.settings, seed: seed)
    role = .successor
  }

  var place: Formation.Place { assignment.place }
  var settings: ProcessSettings { assignment.settings }
  var command: Command { assignment.command }
  var environment: Environment { assignment.variables }
  var directory: String { assignment.directory }
  var executable: String? { assignment.executable }
  var watch: [SourceSelection] { assignment.watch }
  /// Whether the kernel is given its program, and no shell or `env` that starts it in turn.
  var isDirect: Bool { command.isDirect }

  /// What it is known by, whatever it is called: `worker.1`.
  var id: String { place.place }
  var name: String { place.name }
  var kind: String { place.spec.name }
  var hasRemains: Bool { process != nil || !remains.isEmpty }

  /// The word for how it stands; one that is ready may have said since that it is not.
  ///
  /// That is shown, and waited for by whoever asks. Those that come after it run on.
  var shown: String {
    machine.state == .ready ? process?.notice?.rawValue ?? "ready" : machine.state.word
  }

  /// Whether whoever waits for it need wait no longer.
  var isReadyOrDone: Bool {
    machine.state == .ready ? process?.notice == nil : machine.state == .done
  }

  /// Does something else from its next start on.
  func adopt(_ assignment: Assignment) {
    if assignment.executable != executable {
      image = nil
      build = nil
    }
    self.assignment = assignment
    machine.settings = assignment.settings
    former = nil
  }

  /// Is one of so many from now on; what it does stays as it is.
  func beOneOf(_ count: Int) {
    assignment.place.count = count
    former?.place.count = count
  }

  /// Does something else, with a way back.
  func tryOut(_ assignment: Assignment) {
    let before = former ?? self.assignment
    adopt(assignment)
    former = before
  }

  /// Keeps to what it was tried with.
  func endTrial() { former = nil }

  /// Goes back to what it did before it tried something else.
  func giveUpTrial() {
    if let former { adopt(former) }
  }
}
