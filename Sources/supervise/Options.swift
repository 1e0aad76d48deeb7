import ArgumentParser
import Glibc
import SuperviseKit

/// The files and variables that processes are made from.
struct Ingredients: ParsableArguments {
  @Option(
    name: [.customShort("f"), .customLong("procfile")],
    help: ArgumentHelp(
      "The Procfile; without it Procfile.dev (for dev, if there is one) or Procfile.",
      valueName: "file"),
    completion: .file())
  var procfile: String?

  @Option(
    name: [.customShort("e"), .customLong("env")],
    help: ArgumentHelp(
      "Variables that win over .env, and over the real environment where that counts; may be repeated.",
      valueName: "file"),
    completion: .file())
  var environmentFiles: [String] = []

  @Option(
    name: .customLong("set"),
    help: ArgumentHelp("One variable that wins over all files.", valueName: "name=value"))
  var assignments: [String] = []

  func apply(to launch: inout Launch) {
    launch.procfile = procfile
    launch.environmentFiles = environmentFiles
    launch.assignments = assignments
  }
}

/// Which processes, how many, and with which environment.
struct WhatToRun: ParsableArguments {
  @OptionGroup var ingredients: Ingredients

  @Option(
    name: [.customShort("c"), .customLong("formation")],
    help: ArgumentHelp(
      "How many of each, 0 to 1000, one unless said: worker=4,web=1. 'all' stands for every kind.",
      valueName: "counts"))
  var counts: String?

  @Option(
    help: ArgumentHelp(
      "End everything with its exit code when this process ends.", valueName: "name"),
    completion: .custom(definedNames))
  var exitOn: [String] = []

  @Flag(help: "End everything, with code 70, when a process is given up on.")
  var exitOnFailed = false

  @Argument(
    help: "The processes to run; all without this.", completion: .custom(definedNames))
  var names: [String] = []

  func apply(to launch: inout Launch) {
    ingredients.apply(to: &launch)
    launch.counts = counts
    launch.exitOn = exitOn
    launch.exitOnFailed = exitOnFailed
    launch.names = names
  }
}

/// Where new executables come from, and which files are watched.
struct HowToBuild: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Build with this command instead of 'swift build'.", valueName: "command"))
  var build: String?
  @Flag(name: .customLong("no-build"), help: "Let somebody else build; only watch executables.")
  var noBuild = false
  @Option(
    help: ArgumentHelp(
      "Watch a folder, a file, or what a pattern in quotes means: 'src/**/*.py'. With --build it is"
        + " built from; without it the processes restart when one changes, and 'swift build' is not"
        + " run; may be repeated.",
      valueName: "glob"))
  var watch: [String] = []

  @Flag(
    help: ArgumentHelp(
      "Look at the files every half second, for file systems that tell of no changes; those of"
        + " other machines are known for it."))
  var poll = false

  var isEmpty: Bool { build == nil && !noBuild && watch.isEmpty && !poll }

  func validate() throws {
    guard build == nil || !noBuild else {
      throw ValidationError("--build and --no-build exclude each other.")
    }
  }

  func apply(to launch: inout Launch) {
    launch.watch = watch
    launch.polls = poll
    if noBuild { launch.build = .never }
    if let build { launch.build = .command(build) }
  }
}

extension Launch {
  /// Runs until the end, and leaves with its code.
  func supervise() throws {
    let options = try accepting(options)
    // What is not there now would be tried again and again; in production nothing brings it.
    if mode == .production { try refuse(ProgramCheck(options).mistakes) }
    var lock: FolderLock?
    do throws(FolderLock.Refusal) {
      lock = try FolderLock.take(options.directory)
    } catch {
      guard case .impossible = error else {
        throw complain(error, leavingWith: SuperviseKit.ExitCode.taken)
      }
      say(error)
    }
    let supervisor: Supervisor
    do throws(SystemError) {
      supervisor = try Supervisor(options)
    } catch {
      throw complain(error, leavingWith: 71)
    }
    throw ArgumentParser.ExitCode(withExtendedLifetime(lock) { supervisor.run() })
  }
}

/// What the reading of files and options yields, or an exit with the mistake on standard error.
func accepting<Result>(_ read: () throws(ConfigurationError) -> Result) throws -> Result {
  do throws(ConfigurationError) {
    return try read()
  } catch {
    throw complain(
      error,
      leavingWith: error.isUsage
        ? SuperviseKit.ExitCode.usage : SuperviseKit.ExitCode.configuration)
  }
}

/// Leaves with all these mistakes on standard error, if there are any.
func refuse(_ mistakes: [ConfigurationError]) throws {
  guard !mistakes.isEmpty else { return }
  for mistake in mistakes { say(mistake) }
  throw ArgumentParser.ExitCode(SuperviseKit.ExitCode.configuration)
}

/// Says what is wrong, on standard error.
func complain(_ error: any Error, leavingWith code: Int32) -> ArgumentParser.ExitCode {
  say(error)
  return ArgumentParser.ExitCode(code)
}

func say(_ error: any Error) { say("\(error)") }

func say(_ sentence: String) {
  let text = "supervise: \(sentence)\n"
  _ = write(STDERR_FILENO, text, text.utf8.count)
}
