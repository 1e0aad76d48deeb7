import ArgumentParser
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule

/// `dead drop`: drops messages that were given up.
struct DeadDropCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "drop", abstract: "Drops messages that were given up, for good.",
      discussion: """
          \(App.name) dead drop 1764000000000-0
          \(App.name) dead drop --older-than 30d --queue mail
        """)
  }

  @OptionGroup var selection: LetterSelection

  @Option(help: ArgumentHelp("All that were given up so long ago.", valueName: "time"))
  var olderThan: String?

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let age = try olderThan.map { text in
      guard let age = DurationText.read(text) else {
        throw CommandFailure(
          .usage, "--older-than is '\(text)'; expected is \(DurationText.expected)")
      }
      return age
    }
    let chosen = try selection.choice(
      App.name, before: age.map { SystemWallClock().now() - $0 })
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let letters = DeadLetters(over: try await session.door.open())
    let errand = LetterErrand(
      program: App.name, verb: "Drop", again: "", done: "dropped", letters: letters)
    try await errand.run(chosen, asks: !selection.yes, in: surroundings) { addresses in
      try await letters.drop(addresses.map(\.id))
    }
  }
}
