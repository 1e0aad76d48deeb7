import ArgumentParser

/// `dead`: looks after the messages that were given up.
struct DeadCommand<App: CeleriacApp>: ParsableCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "dead", abstract: "Shows, replays or drops the messages that were given up.",
      discussion: """
        A message that can't be read, whose task is unknown, that a task has rejected or that has \
        crashed too many workers is kept, with the reason, until somebody sees to it:

          \(App.name) dead list                   what and why, the last first
          \(App.name) dead show ID                one of them, with its arguments
          \(App.name) dead replay ID              once more, when the cause is mended
          \(App.name) dead drop --older-than 30d  for good

        Nothing is dropped by itself.
        """,
      subcommands: [
        DeadListCommand<App>.self, DeadShowCommand<App>.self, DeadReplayCommand<App>.self,
        DeadDropCommand<App>.self,
      ],
      defaultSubcommand: DeadListCommand<App>.self)
  }
}
