import Glibc

/// The command line of `supervise`, before anything is read.
package struct Launch: Sendable {
  package enum BuildChoice: Sendable, Equatable {
    /// `swift build` where there is a package and nothing else is watched.
    case automatic
    case never
    case command(String)
  }

  package enum Colour: String, Sendable, CaseIterable {
    case auto, always, never
  }

  package var mode: Mode
  package var procfile: String?
  package var environmentFiles: [String] = []
  package var assignments: [String] = []
  package var counts: String?
  package var names: [String] = []
  package var build = BuildChoice.automatic
  package var watch: [String] = []
  package var polls = false
  package var exitOn: [String] = []
  package var exitOnFailed = false
  package var form = LogStyle.Form.text
  package var colour = Colour.auto
  package var time = true
  package var raw = false
  package var logFolder: String?
  package var rotation: String?
  package var keep: Int?
  package var overflow = LogStorage.Overflow.wait
  /// Whether to leave single keys and the line below the log away.
  package var plain = false
  /// What pipes held, by their names, for they can be read once only; nil before all was read.
  var pipes: [String: String]?

  package init(_ mode: Mode) {
    self.mode = mode
  }

  /// Reads the files and checks that all of it fits together.
  package func options() throws(ConfigurationError) -> SuperviseOptions {
    let file = try procfilePath()
    var launch = self
    launch.pipes = try contentsOfPipes(procfile: file)
    return try launch.options(from: file)
  }

  private func options(from file: String) throws(ConfigurationError) -> SuperviseOptions {
    let folder = absolute(isPipe(file) ? "" : file.parentPath)
    var procfile = try Procfile(parsing: try text(of: file), file: file)
    for name in exitOn {
      guard let index = procfile.processes.firstIndex(where: { $0.name == name }) else {
        throw ConfigurationError("--exit-on", "the Procfile defines no '\(name)'")
      }
      procfile.processes[index].options.restart = .exit
    }
    let environment = try environment(in: folder)
    let base = try basePort(environment)
    let formation = try Formation(procfile, counts: counts, only: names, basePort: base)
    try check(formation, in: folder, environment, file: file)
    let style = style(environment)
    var options = SuperviseOptions(
      mode: mode, procfile: file, formation: formation,
      environment: style.colour ? environment.completed(by: Self.colourful) : environment,
      directory: folder, style: style)
    options.launch = self
    options.watch = try selections(in: folder)
    options.storage = try storage(for: formation)
    options.polls = polls
    options.exitOnFailed = exitOnFailed
    options.isInteractive = isInteractive(environment, style)
    options.build = try buildChoice(in: folder)
    options.remarks =
      formation.remarks + remarksOnWatching(in: folder)
      + remarksOnPrograms(of: formation, environment)
    return options
  }

  /// For processes that would not show colours on a pipe by themselves.
  private static let colourful = [("FORCE_COLOR", "1"), ("CLICOLOR_FORCE", "1")]

  func procfilePath() throws(ConfigurationError) -> String {
    if let procfile { return procfile }
    if mode == .development, exists("Procfile.dev") { return "Procfile.dev" }
    guard exists("Procfile") else {
      throw ConfigurationError(
        "Procfile",
        "not found in \(absolute("")); write one with a line such as 'web: ./server', or name it"
          + " with -f")
    }
    return "Procfile"
  }

  /// Weakest first: `.env`, `.env.dev`, the real environment, `-e` files, `--set`.
  package func environment(in folder: String) throws(ConfigurationError) -> Environment {
    let real = Environment.current().without(ServiceManager.variables)
    var files: [(String, String)] = []
    for name in [".env", ".env.\(mode.rawValue)"] where exists(folder.appendingPath(name)) {
      files += try variables(in: folder.appendingPath(name), known: files, real)
    }
    var result = real.completed(by: files)
    for file in environmentFiles {
      result = result.setting(try variables(in: file, known: [], result))
    }
    for text in assignments {
      guard let equal = text.firstIndex(of: "="), Dotenv.isName(text[..<equal]) else {
        throw ConfigurationError("--set", "'\(text)' is not of the form NAME=value")
      }
      result[String(text[..<equal])] = String(text[text.index(after: equal)...])
    }
    return result
  }

  /// Absolute paths of all that says what is to run, also of what is not there yet.
  func files(in folder: String, procfile: String) -> [String] {
    let variables = [".env", ".env.\(mode.rawValue)"].map(folder.appendingPath)
    let named = ([procfile] + environmentFiles).filter { !isPipe($0) }
    return named.map(absolute) + variables
  }

  func variables(
    in file: String, known: [(String, String)], _ environment: Environment
  ) throws(ConfigurationError) -> [(String, String)] {
    let text = try text(of: file)
    let parsed = try Dotenv(parsing: text, file: file) { name in
      known.last { $0.0 == name }?.1 ?? environment[name]
    }
    return parsed.variables.map { ($0.name, $0.value) }
  }

  private func basePort(_ environment: Environment) throws(ConfigurationError) -> Int {
    guard let text = environment["PORT"] else { return 5000 }
    guard let port = Int(text), 1...65_535 ~= port else {
      throw ConfigurationError("PORT", "'\(text)' is no port to count from; use 1 to 65535")
    }
    return port
  }

  static let swiftBuild = "swift build"

  private func buildChoice(
    in folder: String
  ) throws(ConfigurationError) -> SuperviseOptions.Build {
    guard mode == .development else { return .none }
    let isPackage = exists(folder.appendingPath("Package.swift"))
    switch build {
    case .never: return .elsewhere
    case .automatic: return isPackage && watch.isEmpty ? .command(Self.swiftBuild) : .none
    case .command(let command):
      do throws(OptionError) {
        try Command.checkQuotes(command)
      } catch {
        throw ConfigurationError("--build", error.detail)
      }
      guard isPackage || !watch.isEmpty else {
        throw ConfigurationError(
          "--build", "say with --watch 'src/**' which files are a reason to build")
      }
      return .command(command)
    }
  }

  private func isInteractive(_ environment: Environment, _ style: LogStyle) -> Bool {
    guard mode == .development, !plain, style.terminal, isatty(STDIN_FILENO) == 1 else {
      return false
    }
    let isAutomatic = environment["CI"].map { !$0.isEmpty && $0 != "false" } ?? false
    return !isAutomatic && environment["TERM"].map { !$0.isEmpty && $0 != "dumb" } ?? false
  }
}
