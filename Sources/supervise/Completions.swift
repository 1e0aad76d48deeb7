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
    print(SuperviseCommand.completionScript(for: kind))
  }
}
