import Glibc
import TestSupport
import Testing

/// What a shell completes with the script that `supervise completions` prints.
@Suite(.timeLimit(.minutes(1)), .serialized)
struct CompletionsTests {
  /// Completes the last of the words as bash does when somebody presses the tabulator key.
  private static let completing = """
    source ./completions
    for line in "$@"; do
      read -ra COMP_WORDS <<< "${line//_/ }"
      case $line in *_) COMP_WORDS+=("") ;; esac
      COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE="${COMP_WORDS[*]}"
      COMP_POINT=${#COMP_LINE} COMPREPLY=()
      _supervise supervise "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD-1]}"
      echo "<$line> ${COMPREPLY[*]} ."
    done
    """

  @Test func `bash completes commands, options, their values and the names of what runs`() throws {
    let run = try Supervised(["Procfile": "worker: sleep 71\nweb: sh -c 'echo up; exec sleep 71'"])
    try run.start("prod", "-c", "worker=2")
    try run.expect("| up")
    try run.write(try run.ask("completions", "bash").text, to: "completions")
    try run.write(Self.completing, to: "complete.sh")
    let folder = Supervised.builtPath("")

    let shell = run.another()
    try shell.start(words: [
      "env", "PATH=\(folder):/usr/bin:/bin", "bash", "--norc", "complete.sh", "supervise_re",
      "supervise_restart_w", "supervise_prod_--log-o", "supervise_prod_--log_j",
      "supervise_completions_", "supervise_hel", "supervise_help_r", "supervise_scale_",
      "supervise_export_-e_Proc",
    ])
    _ = try shell.end()

    let output = shell.output
    #expect(output.has("<supervise_re> restart reload .") || output.has("> reload restart ."))
    #expect(output.has("<supervise_restart_w> worker worker.1 worker.2 web ."))
    #expect(output.has("<supervise_prod_--log-o> --log-overflow ."))
    #expect(output.has("<supervise_prod_--log_j> json ."))
    #expect(output.has("<supervise_completions_> bash zsh fish "))
    #expect(output.has("<supervise_hel> help ."))
    #expect(output.has("<supervise_help_r> reload run restart ."))
    #expect(output.has("<supervise_scale_> worker= web= ."))
    #expect(output.has("<supervise_export_-e_Proc> Procfile ."))
    try run.quit()
  }
}
