import Glibc

extension Launch {
  /// Becomes a process of the Procfile or another command, in this terminal.
  ///
  /// - Returns: Why that was not possible, and a shell's exit code for it; otherwise nothing.
  package func become(
    _ words: [String]
  ) throws(ConfigurationError) -> (ConfigurationError, Int32) {
    let words = words.first == "--" ? Array(words.dropFirst()) : words
    let options = try options()
    var arguments = words
    var environment = options.environment
    var directory = options.directory
    if words.count == 1,
      let place = options.formation.places.first(where: { $0.spec.name == words[0] })
    {
      environment = environment.forPlace(place, in: options.formation)
      directory = options.directory(of: place.spec)
      let command = Command(place.spec.command) { environment[$0] }
      arguments = command.arguments
    }
    guard let program = arguments.first else {
      throw ConfigurationError("run", "name a process or a command", isUsage: true)
    }
    let path = Program.path(
      of: program, path: environment["PATH"], directory: directory)
    guard let path else { return (ConfigurationError(program, "command not found"), 127) }
    chdir(directory)
    CStrings.with(arguments) { arguments in
      CStrings.with(environment.list) { _ = execve(path, arguments, $0) }
    }
    let code: Int32 = errno == ENOENT ? 127 : 126
    return (ConfigurationError(program, errorText()), code)
  }
}
