import ArgumentParser
import SuperviseKit

/// The command `supervise export`.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes the processes as units of systemd, for compose or for Kubernetes.",
    discussion: """
          supervise export systemd deploy/systemd -c worker=4
          supervise export compose deploy
          supervise export kubernetes deploy/k8s -c worker=4,web=2

      One kind of process becomes one unit, service or deployment, with what the Procfile
      says of readiness, restart, stop and limits. Variables of the .env files go to a file
      that only its owner can read. A README in the folder says what to do next.
      """)

  @Argument(help: "systemd, compose or kubernetes.") var target: Export.Target
  @Argument(help: "The folder to write to.", completion: .directory) var folder: String
  @OptionGroup var ingredients: Ingredients
  @Option(
    name: [.customShort("c"), .customLong("formation")],
    help: ArgumentHelp("How many of each, as for 'supervise prod'.", valueName: "counts"))
  var counts: String?
  @Option(
    help: ArgumentHelp(
      "What the application is called; without this as the Procfile's folder.", valueName: "name"))
  var app: String?
  @Flag(help: "Overwrite files that are there.") var force = false

  func run() throws {
    var launch = Launch(.production)
    ingredients.apply(to: &launch)
    launch.counts = counts
    let (options, variables) = try accepting { () throws(ConfigurationError) in
      let options = try launch.options()
      return (options, try launch.ownVariables(in: options.directory))
    }
    let programs = ProgramCheck(options)
    for remark in programs.mistakes + programs.remarks { say(remark) }
    let export = Export(options, variables: variables, name: app)
    let files = export.files(for: target)
    try accepting { () throws(ConfigurationError) in
      try export.check(for: target)
      for remark in export.remarks(for: target) { say(remark) }
      try Export.write(files, to: folder, force: force)
    }
    for file in files { print("\(folder)/\(file.name)") }
  }
}

extension Export.Target: ExpressibleByArgument {}
