@_exported public import struct CeleriacBeat.BeatEntry
@_exported public import CeleriacCore
import Glibc

/// An application with tasks, and the command line that comes with it.
///
///     import CeleriacCLI
///
///     @main
///     struct TaskManager: CeleriacApp {
///       static let name = "task_manager"
///
///       var configuration: Configuration {
///         Configuration(broker: "redis://localhost:6379/0")
///       }
///     }
///
/// This is the whole of it: `task_manager worker`, `beat`, `call`, `result`, `list`, `status`,
/// `purge`, `dead` and `doctor` are there, and the tasks that `@Task` has left anywhere in the program.
public protocol CeleriacApp: Sendable {
  /// What the program is called.
  static var name: String { get }

  /// The version that `--version` shows beside Celeriac's own.
  static var version: String? { get }

  /// Makes the application; called once, at its start.
  init()

  /// What the code says; the environment and the command line may say otherwise.
  var configuration: Configuration { get }

  /// Whether the tasks that `@Task` has left in the program are the application's.
  ///
  /// True unless an application wants to list each task itself.
  static var discoversTasks: Bool { get }

  /// The tasks beside those that `@Task` has left in the program.
  var tasks: [any TaskHandle] { get }

  /// The calls that beat sends beside those of the periodic tasks.
  var schedule: [BeatEntry] { get }
}

extension CeleriacApp {
  /// None.
  public static var version: String? { nil }

  /// They are.
  public static var discoversTasks: Bool { true }

  /// Every setting at its default.
  public var configuration: Configuration { Configuration() }

  /// None but those of `@Task`.
  public var tasks: [any TaskHandle] { [] }

  /// None but the periodic tasks.
  public var schedule: [BeatEntry] { [] }

  // `@main` takes no function that inherits its caller's isolation: hence `@concurrent`.

  /// Runs the command that the command line names, and ends the process.
  @concurrent
  public static func main() async {
    let surroundings = Surroundings.ofProcess()
    let status = await Program<Self>.run(Array(CommandLine.arguments.dropFirst()), in: surroundings)
    exit(status.rawValue)
  }
}
