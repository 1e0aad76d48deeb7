import ArgumentParser

/// A command of an application.
protocol AppCommand: ParsableCommand {
  /// Does it.
  ///
  /// - Throws: ``CommandFailure`` for what the user can mend.
  func run(in surroundings: Surroundings) async throws
}

/// The application's own name on the command line: the parent of all commands.
struct Root<App: CeleriacApp>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: App.name,
      abstract: "Runs the tasks of \(App.name), calls them, and looks after their queues.",
      discussion: """
        A first round, with Redis at its usual place:

          \(App.name) doctor                  is everything there?
          \(App.name) worker                  run tasks until Ctrl-C
          \(App.name) call NAME --args '[1]'  from another terminal
          \(App.name) list --settings         which settings count, and who said so

        Settings come from the code, from CELERIAC_… variables (CELERY_BROKER_URL and \
        CELERY_RESULT_BACKEND are understood), and from options; the later ones count.

        Exit status: 0 fine; 1 refused, or the task has failed; 2 the command line or a setting \
        makes no sense; 69 the broker can't be reached, lets nobody in or can't do it; 70 a \
        mistake of this program.
        """,
      version: VersionText.of(App.self),
      subcommands: [
        WorkerCommand<App>.self, BeatCommand<App>.self, CallCommand<App>.self,
        ResultCommand<App>.self, ListCommand<App>.self, StatusCommand<App>.self,
        RevokeCommand<App>.self, PurgeCommand<App>.self, DeadCommand<App>.self,
        DoctorCommand<App>.self,
      ])
  }
}

/// What `--version` prints.
enum VersionText {
  static func of<App: CeleriacApp>(_ app: App.Type) -> String {
    let own = App.version.map { " \($0)" } ?? ""
    return "\(App.name)\(own) (Celeriac \(Release.version))"
  }
}
