import ArgumentParser
import SuperviseKit

/// `supervise` and its subcommands.
struct SuperviseCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supervise",
    abstract: "Runs the processes of a Procfile, and reloads them when their build has changed.",
    discussion: """
      A Procfile names what an application consists of, one process a line:

          redis: redis-server --port 6379
          #: after=redis
          worker: .build/debug/demo worker
          beat: .build/debug/demo beat

      'supervise dev' builds it, runs all of it in this terminal, and builds again
      whenever a source is saved; when the build is good, it replaces the processes
      that are made from it. 'supervise prod' runs it and keeps it running. In a folder
      there is one of them at a time; a second one ends with code 69 and names the first.
      """,
    subcommands: [Dev.self, Prod.self, Check.self, Run.self])
}

/// The command `supervise dev`.
struct Dev: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Builds, runs, and reloads what a new build has changed.",
    discussion: """
      Where there is a Package.swift, 'swift build' runs first and then after every
      change of its sources; '--build' names another command, '--no-build' leaves
      building to an IDE. As long as a build fails, what runs goes on running.

      A program that is not compiled is restarted when a file changes:

          supervise dev --watch 'src/**/*.py'

      Ctrl-C stops everything, in order; a second one does not wait, a third one
      kills.
      """)

  @OptionGroup var what: WhatToRun
  @OptionGroup var look: LogLook

  @Option(help: ArgumentHelp("Build with this command.", valueName: "command"))
  var build: String?
  @Flag(name: .customLong("no-build"), help: "Let somebody else build; only watch executables.")
  var noBuild = false
  @Option(help: ArgumentHelp("Watch these files; may be repeated.", valueName: "glob"))
  var watch: [String] = []

  func validate() throws {
    guard build == nil || !noBuild else {
      throw ValidationError("--build and --no-build exclude each other.")
    }
  }

  func run() throws {
    var launch = Launch(.development)
    what.apply(to: &launch)
    look.apply(to: &launch)
    launch.watch = watch
    if noBuild { launch.build = .never }
    if let build { launch.build = .command(build) }
    try launch.supervise()
  }
}

/// The command `supervise prod`.
struct Prod: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Runs and keeps running; nothing is watched.",
    discussion: "With --log json each line is an object, for programs that collect logs.")

  @OptionGroup var what: WhatToRun
  @OptionGroup var look: LogLook

  func run() throws {
    var launch = Launch(.production)
    what.apply(to: &launch)
    look.apply(to: &launch)
    try launch.supervise()
  }
}
