import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// `dead replay`: sends messages again that were given up.
struct DeadReplayCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "replay", abstract: "Sends messages again that were given up.",
      discussion: """
        Each goes back to its queue as it was, last in line, with its crashes forgotten, and its \
        result stays what it is until it has run. Each is moved in one step: a replay that is cut \
        short, or made by two at once, loses and doubles nothing.

          \(App.name) dead replay 1764000000000-0
          \(App.name) dead replay --all --task mail.send
        """)
  }

  @OptionGroup var selection: LetterSelection
  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let chosen = try selection.choice(App.name)
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let letters = DeadLetters(over: try await session.door.open())
    let errand = LetterErrand(
      program: App.name, verb: "Send", again: " again", done: "sent again", letters: letters)
    try await errand.run(chosen, asks: !selection.yes, in: surroundings) {
      try await letters.replay($0)
    }
  }
}
