/// The programs of a formation that could not be started as things are.
package struct ProgramCheck {
  /// What stands in the way of a process, with its line of the Procfile.
  package private(set) var mistakes: [ConfigurationError] = []
  /// What may well come right by itself.
  package private(set) var remarks: [ConfigurationError] = []

  package init(_ options: SuperviseOptions) {
    for place in options.formation.places where place.number == 1 {
      let command = Command(place.spec.command) {
        options.environment.forPlace(place, in: options.formation)[$0]
      }
      guard let word = command.program else { continue }
      let program = Program(
        word, path: options.environment["PATH"], directory: options.directory(of: place.spec))
      guard let problem = program.problem else { continue }
      func told(_ rest: String) -> ConfigurationError {
        ConfigurationError(
          options.procfile, line: place.spec.line, "'\(place.spec.name)': \(problem)\(rest)")
      }
      switch (command, program) {
      case (.shell, _):
        // The shell may go another way, or bring the program about first.
        remarks.append(told(", as far as can be told of a line for the shell"))
      case (.program, .absent) where options.mayBuild(word):
        remarks.append(told(" yet; it starts when it has been built"))
      case (.program, .absent):
        mistakes.append(told("; correct the path, or make the file first"))
      case (.program, .notInPath):
        mistakes.append(told("; install it, or write where it lies"))
      case (.program, _):
        mistakes.append(told(""))
      }
    }
  }
}

extension SuperviseOptions {
  /// Whether a program that is not there may be the work of a build to come.
  fileprivate func mayBuild(_ word: String) -> Bool {
    let file = directory.appendingPath(word).normalizedPath
    guard mode == .development, let path = file.path(below: directory) else { return false }
    // What SwiftPM makes lies there; what other builds make may lie anywhere in the folder.
    if path.hasPrefix(".build/") { return true }
    switch build {
    case .command(let command): return command != Launch.swiftBuild
    case .elsewhere: return true
    case .none: return false
    }
  }
}
