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

  @Option(
    name: [.customShort("f"), .customLong("procfile")],
    help: ArgumentHelp("The Procfile.", valueName: "file"))
  var procfile: String?
  @Option(
    name: [.customShort("e"), .customLong("env")],
    help: ArgumentHelp("Variables that win; may be repeated.", valueName: "file"))
  var environmentFiles: [String] = []
  @Flag(help: "With .env.prod instead of .env.dev.") var prod = false
  @Argument(parsing: .captureForPassthrough, help: "A process of the Procfile, or a command.")
  var command: [String]

  func run() throws {
    var launch = Launch(prod ? .production : .development)
    launch.procfile = procfile
    launch.environmentFiles = environmentFiles
    let (error, code) = try accepting { () throws(ConfigurationError) in
      try launch.become(command)
    }
    throw complain(error, leavingWith: code)
  }
}
