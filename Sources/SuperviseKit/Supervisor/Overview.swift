/// What would run, for `supervise check`.
package struct Overview: CustomStringConvertible {
  private let options: SuperviseOptions

  package init(_ options: SuperviseOptions) {
    self.options = options
  }

  package var description: String {
    var lines = ["\(options.mode.rawValue) in \(options.directory)"]
    if case .command(let command) = options.build { lines.append("build    \(command)") }
    for place in options.formation.places {
      let settings = ProcessSettings(place.spec, mode: options.mode)
      let environment = options.environment.forPlace(place, in: options.formation)
      let command = Command(place.spec.command) { environment[$0] }
      lines.append("\(place.name)  PORT=\(place.port)")
      switch command {
      case .program: lines.append("    runs     \(place.spec.command)")
      case .shell: lines.append("    runs     sh -c '\(command.arguments[2])'")
      }
      lines.append("    from     \(origin(of: place, command, environment))")
      if !place.spec.options.after.isEmpty {
        lines.append("    after    \(place.spec.options.after.joined(separator: ", "))")
      }
      if let ready = settings.ready.condition(environment) {
        let limit = settings.ready == .done ? "" : ", within \(settings.startLimit.short)"
        lines.append("    ready    \(ready)\(limit)")
      }
      let surroundings = place.spec.options.given
      if !surroundings.isEmpty { lines.append("    with     \(surroundings)") }
      let drain = settings.reload == .drain ? " within \(settings.drainTimeout.short)" : ""
      lines.append(
        "    restart  \(settings.restart.rawValue), reload \(settings.reload)\(drain),"
          + " stop \(SignalName.text(settings.stopSignal)) \(settings.stopTimeout.short)")
    }
    return lines.joined(separator: "\n")
  }

  /// What it is started from, and whether a new build of that replaces it.
  private func origin(
    of place: Formation.Place, _ command: Command, _ environment: Environment
  ) -> String {
    let isReloaded = options.reloads && place.spec.options.reload != ReloadPolicy.none
    guard let word = command.program else {
      return "what the shell finds" + (isReloaded ? "; no new build of it replaces it" : "")
    }
    let program = Program(
      word, path: environment["PATH"], directory: options.directory(of: place.spec))
    guard isReloaded, case .found = program, Assignment(place, of: options).executable == nil
    else { return program.place }
    return "\(program.place), outside the folder; no new build of it replaces it"
  }
}
