import Glibc

/// The processes of a Procfile as others are to run them: one kind per unit, service or deployment.
package struct Export {
  package enum Target: String, Sendable, CaseIterable {
    case systemd, compose, kubernetes
  }

  /// A file to be written.
  package struct File: Equatable {
    package var name: String
    package var text: String
    /// Whether it holds what only its owner may read.
    package var isSecret = false
  }

  let app: String
  let services: [ExportedService]
  let options: SuperviseOptions
  /// What the `.env` files and the command line say, not what this shell happens to hold.
  let variables: [(String, String)]

  /// - Parameters:
  ///   - options: What would run in production.
  ///   - variables: The variables that belong to the application.
  ///   - name: What the application is called; without one, its folder's name.
  package init(_ options: SuperviseOptions, variables: [(String, String)], name: String?) {
    self.options = options
    // Each process has a port of its own.
    self.variables = variables.filter { $0.0 != "PORT" }
    app = Self.label(name ?? options.directory.lastName)
    var kinds: [String] = []
    for place in options.formation.places where !kinds.contains(place.spec.name) {
      kinds.append(place.spec.name)
    }
    services = kinds.map { ExportedService($0, options) }
  }

  /// - Throws: If two kinds of process would be written under one name, or a variable can't be written.
  package func check(for target: Target) throws(ConfigurationError) {
    for (name, value) in variables where Self.written(value, for: target) == nil {
      throw ConfigurationError(
        name,
        "its value has several lines or a '$' beside a '\\', which the file of \(target.rawValue)"
          + " can't hold; leave it out of the .env files and set it there by other means")
    }
    var names: [String: String] = [:]
    for service in services {
      let folder = service.spec.options.surroundings.directory
      if target != .systemd, let folder, !folder.hasPrefix("/") {
        throw ConfigurationError(
          service.name, "cwd=\(folder) is no folder of a container; one begins with '/'")
      }
      if let other = names.updateValue(service.name, forKey: service.label) {
        throw ConfigurationError(
          "Procfile",
          "'\(other)' and '\(service.name)' would both be exported as '\(service.label)';"
            + " rename one of them")
      }
    }
  }

  package func files(for target: Target) -> [File] {
    let own =
      switch target {
      case .systemd: systemdUnits()
      case .compose: [composeFile()]
      case .kubernetes: kubernetesManifests()
      }
    return own + [
      File(name: "\(app).env", text: environmentFile(for: target), isSecret: true),
      File(name: "README.md", text: readme(for: target)),
    ]
  }

  /// Lower case, digits and hyphens: what all of them take as a name.
  static func label(_ text: String) -> String {
    let characters = text.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "-"
    }
    let trimmed = String(characters).split(separator: "-").joined(separator: "-")
    // A service of Kubernetes begins with a letter.
    let isNamed = trimmed.first?.isLetter ?? false
    return String((isNamed ? trimmed : trimmed.isEmpty ? "app" : "app-\(trimmed)").prefix(40))
  }

  private func environmentFile(for target: Target) -> String {
    let lines = variables.map { "\($0)=\(Self.written($1, for: target) ?? $1)\n" }
    return "# Made by 'supervise export \(target.rawValue)' from the .env files.\n" + lines.joined()
  }

  /// A value as the target reads it; nil when there is no way to write it.
  private static func written(_ value: String, for target: Target) -> String? {
    switch target {
    case .systemd: SystemdText.quoted(value, escapes: "\\\"`$")
    case .compose: ComposeText.quoted(value)
    // Each line is a variable, and all behind its `=` the value.
    case .kubernetes: value.unicodeScalars.contains { $0 == "\n" || $0 == "\r" } ? nil : value
    }
  }
}

/// One kind of process, as an exporter sees it.
struct ExportedService {
  let name: String
  let label: String
  let spec: ProcessSpec
  let settings: ProcessSettings
  let count: Int
  /// The port of its first process.
  let port: Int
  let environment: Environment
  let command: Command

  /// Begins and ends the name of a variable in the words of ``command``.
  static let mark: Character = "\u{1}"

  init(_ kind: String, _ options: SuperviseOptions) {
    let places = options.formation.places.filter { $0.spec.name == kind }
    let first = places[0]
    name = kind
    label = Export.label(kind)
    spec = first.spec
    settings = ProcessSettings(first.spec, mode: .production)
    count = places.count
    port = first.port
    environment = options.environment.forPlace(first, in: options.formation)
    command = Command(first.spec.command) { "\(Self.mark)\($0)\(Self.mark)" }
  }

  /// Whether it ends when it has done its work: others that come after it wait for that.
  var isTask: Bool {
    settings.ready == .done || (spec.options.ready == nil && settings.restart == .never)
  }

  /// The words, where they are the same everywhere: no shell, and no variables.
  var plainWords: [String]? {
    guard case .program(let words) = command,
      !words.contains(where: { $0.contains(Self.mark) })
    else { return nil }
    return words
  }

  /// What a container runs.
  var containerWords: [String] {
    if let plainWords { return plainWords }
    if case .program = command { return ["/bin/sh", "-c", "exec \(spec.command)"] }
    return command.arguments
  }

  /// A shell command that succeeds when it is ready; nil where only the process itself can tell.
  func probe(port: String? = nil) -> String? {
    switch settings.ready {
    case .port(let text):
      let number = port ?? ProcessOptions.Ready.expanded(port: text) { environment[$0] }
      return "bash -c ': >/dev/tcp/127.0.0.1/\(number)' 2>/dev/null"
    case .command(let command): return command
    case .settled, .told, .line, .started, .done: return nil
    }
  }

  /// The port that it accepts connections on, where the Procfile says so.
  var servedPort: Int? {
    guard case .port(let text) = settings.ready else { return nil }
    return Int(ProcessOptions.Ready.expanded(port: text) { environment[$0] })
  }
}
