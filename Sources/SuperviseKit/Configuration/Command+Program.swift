// Which program a command comes to, as far as its text tells.
extension Command {
  /// The program whose change is a reason to restart; nil where only a shell can tell.
  package var program: String? {
    switch self {
    case .program(let words): Self.program(of: words)
    case .shell(_, let program): program
    }
  }

  /// Whether the program is what is started, with nothing in between that starts it in turn.
  var isDirect: Bool {
    guard case .program(let words) = self else { return false }
    return words.first == program
  }

  /// The first word that is no assignment, `env` or `nice`; these start what follows them.
  ///
  /// With options that are not known here they are the program themselves.
  static func program(of words: [String]) -> String? {
    var rest = words[...]
    while let word = rest.first {
      switch word {
      case "env", "/usr/bin/env":
        rest = rest.dropFirst().drop { $0.contains("=") && !$0.hasPrefix("-") }
      case "nice", "/usr/bin/nice":
        rest = rest.dropFirst()
        if rest.first == "-n" { rest = rest.dropFirst(2) }
      default:
        return word.hasPrefix("-") ? words.first : word
      }
    }
    return words.first
  }

  /// The program that a line for a shell starts with, after assignments and `exec`.
  static func firstProgram(_ text: String) -> String? {
    let words = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
    let rest = words.drop { $0 == "exec" || ($0.contains("=") && !$0.hasPrefix("=")) }
    guard let program = program(of: Array(rest)) else { return nil }
    let plain = program.allSatisfy { !"|&;<>()$`\\\"'*?[]{}~#!\n".contains($0) }
    return plain && !shellWords.contains(program) ? program : nil
  }

  /// Whether a program of the application seems to be started in a way that cannot be followed:
  /// by a shell, behind `cd`, by `env -i`.
  var hidesProgram: Bool {
    let text: String
    switch self {
    case .program(let words):
      let starters: Set<String> = ["sh", "bash", "dash", "env", "nice", "nohup", "setsid"]
      guard let first = words.first, starters.contains(first.lastName), first == program else {
        return false
      }
      text = words.dropFirst().joined(separator: " ")
    case .shell(let line, let program):
      guard program == nil else { return false }
      text = line
    }
    let words = text.split { " \t\n;|&<>()'\"`".contains($0) }
    return words.contains { word in
      ["./", "../", ".build/", "bin/"].contains { word.hasPrefix($0) }
    }
  }
}
