import ArgumentParser
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule

/// `dead list`: shows what was given up, and why.
struct DeadListCommand<App: CeleriacApp>: AppCommand {
  static var configuration: CommandConfiguration {
    CommandConfiguration(
      commandName: "list", abstract: "Lists the messages that were given up, the last first.")
  }

  @Option(help: ArgumentHelp("How many to show.", valueName: "n"))
  var limit = Self.standardLimit

  @Option(help: ArgumentHelp("Show those that were given up before this one.", valueName: "id"))
  var before: String?

  @OptionGroup var filter: LetterFilter

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var brokerOptions: BrokerOptions

  func run(in surroundings: Surroundings) async throws {
    guard limit > 0 else {
      throw CommandFailure(.usage, "--limit is \(limit); expected is 1 or more")
    }
    let end = try before.map { try LetterIDs.read($0, App.name) }
    let session = try Session(App.self, flags: brokerOptions.flags, in: surroundings)
    let letters = DeadLetters(over: try await session.door.open())
    var found: [LetterText] = []
    // One more tells whether there are more.
    try await letters.forEach(before: end, where: filter.matches) { letter in
      found.append(LetterText(letter))
      return found.count <= limit
    }
    let shown = found.prefix(limit)
    if json {
      surroundings.print(try JSONText.of(Array(shown)))
    } else if shown.isEmpty {
      surroundings.print("no dead letters\(filter.text)")
    } else {
      let now = SystemWallClock().now()
      let rows = [LetterText.titles] + shown.map { $0.row(at: now) }
      surroundings.print(Columns.lines(rows, indent: 0).joined(separator: "\n"))
    }
    guard found.count > limit, let last = shown.last else { return }
    let count = try await letters.count()
    let size = limit == Self.standardLimit ? "" : " --limit \(limit)"
    surroundings.note(
      "\(shown.count) of \(count)\(filter.isEmpty ? "" : " of all kinds"); "
        + "'\(App.name) dead list\(filter.options) --before \(last.id)\(size)' goes on")
  }

  private static var standardLimit: Int { 20 }
}
