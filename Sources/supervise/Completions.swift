import ArgumentParser
import SuperviseKit

/// The command `supervise completions`.
struct Completions: ParsableCommand {
  enum Shell: String, ExpressibleByArgument, CaseIterable {
    case bash, zsh, fish
  }

  static let configuration = CommandConfiguration(
    abstract: "Prints a script that lets a shell complete commands, options and process names.",
    discussion: """
      bash  supervise completions bash > ~/.local/share/bash-completion/completions/supervise
      zsh   supervise completions zsh > "${fpath[1]}/_supervise"
      fish  supervise completions fish > ~/.config/fish/completions/supervise.fish

      Names of processes are those of the supervisor that runs in the current folder.
      """)

  @Argument(help: "The shell.") var shell: Shell

  func run() {
    let kind: CompletionShell =
      switch shell {
      case .bash: .bash
      case .zsh: .zsh
      case .fish: .fish
      }
    print(Self.withOurHelp(SuperviseCommand.completionScript(for: kind)))
  }

  /// Takes ArgumentParser's own command `help` out of a script.
  ///
  /// Ours is the one that is called, as it comes first; in the scripts theirs comes last and wins.
  private static func withOurHelp(_ script: String) -> String {
    var lines = script.split(separator: "\n", omittingEmptySubsequences: false)
    lines.removeAll { $0.contains("Show subcommand help information.") }
    let function = "_supervise_help() {"
    if let first = lines.firstIndex(of: function[...]),
      let theirs = lines.lastIndex(of: function[...]), theirs > first,
      let end = lines[theirs...].firstIndex(of: "}")
    {
      lines.removeSubrange(theirs...end)
    }
    return lines.joined(separator: "\n").replacing(" completions help'", with: " completions'")
  }
}
