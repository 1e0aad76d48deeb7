/// A place of the formation with the processes that are, were and will be in it.
final class Placement {
  let place: Formation.Place
  let settings: ProcessSettings
  let command: Command
  let environment: Environment
  var machine: ProcessMachine
  /// The process of this place.
  var current: LiveProcess?
  /// Its replacement, until that is ready.
  var successor: LiveProcess?
  /// Earlier ones that finish their work, or whose group is not empty yet.
  var retiring: [LiveProcess] = []
  /// Those that died since one was ready here; the next one can take over what they had.
  var dead: [String] = []

  init(
    _ place: Formation.Place, settings: ProcessSettings, environment: Environment, seed: UInt64
  ) {
    self.place = place
    self.settings = settings
    self.environment = environment
    command = Command(place.spec.command) { environment[$0] }
    machine = ProcessMachine(settings, seed: seed)
  }

  var name: String { place.name }
  var kind: String { place.spec.name }

  var processes: [LiveProcess] {
    [current, successor].compactMap { $0 } + retiring
  }
}
