import ArgumentParser
import SuperviseKit

/// The command `supervise run`.
struct Run: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs one command in the environment of the Procfile's processes.",
    discussion: """
          supervise run worker             the command of that process, alone in this terminal
          supervise run -- redis-cli ping  any command
      """)

  @OptionGroup var ingredients: Ingredients
  @Flag(help: "With .env.prod instead of .env.dev.") var prod = false
  @Argument(
    parsing: .captureForPassthrough, help: "A process of the Procfile, or a command.",
    completion: .custom(definedNames))
  var command: [String]

  /// What stands before the command is for `supervise`, and this is no option that it has.
  func validate() throws {
    guard let first = command.first, first.hasPrefix("-"), first != "--" else { return }
    if ["-h", "--help"].contains(first) { throw CleanExit.helpRequest(self) }
    throw ValidationError(
      "Unknown option '\(first)'. A command that begins so stands behind '--'.")
  }

  func run() throws {
    var launch = Launch(prod ? .production : .development)
    ingredients.apply(to: &launch)
    let (error, code) = try accepting { () throws(ConfigurationError) in
      try launch.become(command)
    }
    throw complain(error, leavingWith: code)
  }
}
