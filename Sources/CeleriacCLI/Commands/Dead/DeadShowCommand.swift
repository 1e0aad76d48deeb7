import ArgumentParser
import CeleriacCore
import CeleriacRedis

/// `dead show`: shows one message that was given up.
struct DeadShowCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "show", abstract: "Shows one message that was given up, with its arguments.")
  }

  @Argument(help: "The letter's id, as 'dead list' shows it.")
  var id: String

  @Flag(help: "Write the message's bytes exactly as they were sent, and nothing else.")
  var raw = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    let id = try LetterIDs.read(id, App.name)
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let letters = DeadLetters(over: try await session.door.open())
    guard let letter = try await letters.letter(id) else {
      throw LetterIDs.unknown([id], App.name)
    }
    if raw { return surroundings.write(letter.message) }
    surroundings.print(LetterText(letter).whole(at: SystemWallClock().now()))
  }
}
