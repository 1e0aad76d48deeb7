import ArgumentParser
import Glibc

/// The command `supervise help`.
struct Help: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Explains a topic, or a command: \(Topic.names).",
    discussion: "With neither it lists both.")

  @Argument(
    help: ArgumentHelp("A topic or a command.", valueName: "topic"),
    completion: .custom { _, _, _ in unique(Topic.all.map(\.name) + commands.map(\.name)) })
  var words: [String] = []

  private static var commands: [(name: String, command: any ParsableCommand.Type)] {
    SuperviseCommand.configuration.subcommands.map { command in
      (command.configuration.commandName ?? "\(command)".lowercased(), command)
    }
  }

  func run() throws {
    guard let word = words.first else {
      print(SuperviseCommand.helpMessage())
      print("\nTOPICS ('supervise help TOPIC')\n\(Topic.list)")
      return
    }
    if let topic = Topic.all.first(where: { $0.name == word }) {
      print(topic.text)
      return
    }
    guard let command = Self.commands.first(where: { $0.name == word })?.command else {
      throw ValidationError(
        "There is no topic or command '\(word)'; the topics are \(Topic.names).")
    }
    print(SuperviseCommand.helpMessage(for: command))
  }
}

/// A part of the manual that is shown in the terminal.
struct Topic {
  let name: String
  let summary: String
  let text: String

  static let all = [procfile, env, reload, signals, logs, control]

  static var names: String { all.map(\.name).joined(separator: ", ") }

  static var list: String {
    all.map { topic in
      let gap = String(repeating: " ", count: max(1, 12 - topic.name.count))
      return "  \(topic.name)\(gap)\(topic.summary)"
    }.joined(separator: "\n")
  }
}
