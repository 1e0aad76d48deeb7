import ArgumentParser
import CeleriacCore
import CeleriacRedis
import CeleriacSchedule

/// Which dead letters are meant.
struct LetterFilter: ParsableArguments {
  @Option(
    name: [.customShort("Q"), .long],
    help: ArgumentHelp("Only those of this queue.", valueName: "name"))
  var queue: String?

  @Option(help: ArgumentHelp("Only those of this task.", valueName: "name"))
  var task: String?

  var isEmpty: Bool { queue == nil && task == nil }

  func matches(_ letter: DeadLetter) -> Bool {
    if let queue, letter.queue.rawValue != queue { return false }
    guard let task else { return true }
    return LetterText(letter).task == task
  }

  /// The filter for a sentence.
  var text: String {
    (queue.map { " of queue '\($0)'" } ?? "") + (task.map { " of task '\($0)'" } ?? "")
  }

  /// The filter for a command line.
  var options: String {
    (queue.map { " --queue \($0)" } ?? "") + (task.map { " --task \($0)" } ?? "")
  }
}

/// Which dead letters a command is about: some by their ids, or all that fit.
struct LetterSelection: ParsableArguments {
  @Argument(help: "The letters' ids, as 'dead list' shows them.")
  var ids: [String] = []

  @Flag(help: "All there are, or those that --queue and --task leave.")
  var all = false

  @OptionGroup var filter: LetterFilter

  @Flag(name: [.short, .long], help: "Do not ask.")
  var yes = false

  /// What was chosen: with a time, all that were buried before it.
  func choice(_ program: String, before time: Timestamp? = nil) throws -> LetterChoice {
    let isAll = all || time != nil
    guard isAll || filter.isEmpty else {
      throw CommandFailure(.usage, "--queue and --task choose among all; add --all")
    }
    guard isAll == ids.isEmpty else {
      throw CommandFailure(
        .usage,
        isAll
          ? "give ids or say which of all, not both"
          : "say which: ids as '\(program) dead list' shows them, or --all")
    }
    if isAll {
      return .all(filter, before: time.flatMap { DeadLetterID("\(max($0.milliseconds, 0))") })
    }
    return .some(try ids.map { try LetterIDs.read($0, program) })
  }
}

/// What was chosen.
enum LetterChoice {
  case some([DeadLetterID])
  case all(LetterFilter, before: DeadLetterID?)
}

/// Ids as they are typed.
enum LetterIDs {
  static func read(_ text: String, _ program: String) throws -> DeadLetterID {
    guard let id = DeadLetterID(text) else {
      throw CommandFailure(
        .usage, "'\(text)' is no id of a dead letter; '\(program) dead list' shows them")
    }
    return id
  }

  static func unknown(_ ids: [DeadLetterID], _ program: String) -> CommandFailure {
    let names = ids.map(\.description).joined(separator: ", ")
    return CommandFailure(
      .refused,
      "no dead letter \(names): replayed or dropped before, or mistyped; "
        + "'\(program) dead list' shows those there are")
  }
}

extension DeadLetters {
  // Messages may be large.
  private static let pageSize = 50

  /// Calls `body` for each letter that fits, the last one first, until it returns false.
  func forEach(
    before end: DeadLetterID? = nil, where matches: (DeadLetter) -> Bool,
    _ body: (DeadLetter) -> Bool
  ) async throws {
    var end = end
    while true {
      let page = try await page(before: end, upTo: Self.pageSize)
      for letter in page where matches(letter) {
        guard body(letter) else { return }
      }
      guard page.count == Self.pageSize else { return }
      end = page.last?.id
    }
  }
}
