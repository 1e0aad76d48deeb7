// Lines for a shell that are one simple command.
extension Command {
  /// The line with `exec` before its command, so that no shell stays around the program.
  ///
  /// The program has the pid that is known then, and hears the signals itself. nil where that
  /// could change anything else: the line is more than one command, one of the shell's own, or
  /// not plain enough to be sure.
  static func replacingShell(_ line: String) -> String? {
    let start = line.firstIndex { $0 != " " && $0 != "\t" } ?? line.endIndex
    var words = line[start...]
    while let word = firstWord(of: words), isAssignment(word) {
      words = words[word.endIndex...].drop { $0 == " " || $0 == "\t" }
    }
    guard let word = firstWord(of: words), isPlainName(word), isOneCommand(line) else { return nil }
    return line[..<word.startIndex] + "exec " + line[word.startIndex...]
  }

  /// The word at the start, its quotes included.
  private static func firstWord(of text: Substring) -> Substring? {
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "'" || character == "\"" {
        quote = character
      } else if character == " " || character == "\t" {
        break
      } else if "\\|&;<>()`\n".contains(character) {
        return nil
      }
      index = text.index(after: index)
    }
    return index > text.startIndex && quote == nil ? text[..<index] : nil
  }

  private static func isAssignment(_ word: Substring) -> Bool {
    guard let equal = word.firstIndex(of: "=") else { return false }
    return Dotenv.isName(word[..<equal])
  }

  /// Whether it is a program's name as it stands, and not one of the shell's.
  private static func isPlainName(_ word: Substring) -> Bool {
    let isPlain = word.allSatisfy { character in
      character.isASCII && (character.isLetter || character.isNumber || "./_-+".contains(character))
    }
    return isPlain && !shellWords.contains(String(word))
      && !furtherShellWords.contains(String(word))
  }

  /// What some shell knows beside the words that every line is searched for.
  private static let furtherShellWords: Set<String> = [
    "builtin", "caller", "case", "chdir", "coproc", "declare", "dirs", "disown", "do", "done",
    "echo", "elif", "else", "enable", "esac", "false", "fi", "help", "history", "in", "kill",
    "let", "login", "logout", "mapfile", "newgrp", "popd", "printf", "pushd", "pwd", "readarray",
    "select", "shopt", "suspend", "test", "then", "time", "true", "typeset",
  ]

  /// Whether nothing in the line ends a command, joins it with another or contains one.
  private static func isOneCommand(_ line: String) -> Bool {
    let characters = Array(line)
    var quote: Character?
    var index = 0
    while index < characters.count {
      let character = characters[index]
      let next = index + 1 < characters.count ? characters[index + 1] : nil
      let former = index > 0 ? characters[index - 1] : nil
      switch (quote, character) {
      case ("'", "'"), ("\"", "\""): quote = nil
      case ("'", _): break
      case (_, "`"): return false
      case (_, "\\"): index += 1
      case (_, "$") where next == "(" || next == "'" || next == "\"": return false
      case (_, "$") where next == "{":
        // A name alone: whatever else stands there may hold quotes and commands.
        guard let end = characters[index...].firstIndex(of: "}"),
          Dotenv.isName(String(characters[(index + 2)..<end])[...])
        else { return false }
        index = end
      case ("\"", _): break
      case (_, "'"), (_, "\""): quote = character
      case (_, "&"):
        // Only as a part of 2>&1.
        guard former == ">" || former == "<", let next, next.isNumber || next == "-" else {
          return false
        }
      case (_, "<") where next == "<" || next == "(": return false
      case (_, ">") where next == "(": return false
      case (_, ";"), (_, "|"), (_, "("), (_, ")"), (_, "{"), (_, "}"), (_, "#"), (_, "!"),
        (_, "\n"), (_, "\r"):
        return false
      default: break
      }
      index += 1
    }
    return quote == nil
  }
}
