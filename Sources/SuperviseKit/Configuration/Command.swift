/// How the text of a Procfile line becomes a program with arguments.
///
/// Words, quotes and variables are read here, so that the process is the program itself and not a
/// shell around it: its pid, its signals, its exit code. Anything else is a shell's business.
package enum Command: Sendable, Equatable {
  /// A program and its arguments, the program first.
  case program([String])
  /// A line for `/bin/sh -c`; with the program it starts with, as far as that can be told.
  case shell(String, program: String?)

  package init(_ text: String, variable: @escaping (String) -> String?) {
    var reader = CommandReader(text, variable: variable)
    if let words = reader.read(), let first = words.first, Self.isPlain(first) {
      self = .program(words)
    } else {
      self = .shell(text, program: Self.firstProgram(text))
    }
  }

  package var arguments: [String] {
    switch self {
    case .program(let words): words
    case .shell(let line, _): ["/bin/sh", "-c", Self.replacingShell(line) ?? line]
    }
  }

  /// Words that only a shell knows, and assignments before a command.
  private static func isPlain(_ word: String) -> Bool {
    !word.isEmpty && !word.contains("=") && !shellWords.contains(word)
  }

  static let shellWords: Set<String> = [
    "!", ".", ":", "alias", "bg", "break", "case", "cd", "command", "continue", "eval", "exec",
    "exit", "export", "fc", "fg", "for", "function", "getopts", "hash", "if", "jobs", "local",
    "read", "readonly", "return", "set", "shift", "source", "times", "trap", "type", "ulimit",
    "umask", "unalias", "unset", "until", "wait", "while", "{",
  ]
}

/// Reads words, quotes and variables; gives up at whatever else means something to a shell.
private struct CommandReader {
  private var rest: Substring
  private let variable: (String) -> String?
  private var words: [String] = []
  private var word: String?

  init(_ text: String, variable: @escaping (String) -> String?) {
    rest = text[...]
    self.variable = variable
  }

  mutating func read() -> [String]? {
    // Most lines are words and blanks alone; with many of them it shows how long that takes.
    guard rest.utf8.contains(where: Self.special.contains) else {
      return rest.split { $0 == " " || $0 == "\t" }.map(String.init)
    }
    while let character = rest.popFirst() {
      switch character {
      case " ", "\t": endWord()
      case "'": guard singleQuoted() else { return nil }
      case "\"": guard doubleQuoted() else { return nil }
      case "$":
        guard let value = expansion() else { return nil }
        addSplit(value)
      case "\\":
        guard let next = rest.popFirst() else { return nil }
        add(next)
      case "|", "&", ";", "<", ">", "(", ")", "`", "*", "?", "[", "]", "{", "}", "~", "#", "!",
        "\n":
        return nil
      default: add(character)
      }
    }
    endWord()
    return words
  }

  /// The bytes that mean something other than themselves or a blank.
  private static let special = Array("'\"$\\|&;<>()`*?[]{}~#!\n".utf8)

  private mutating func add(_ character: Character) {
    if word == nil { word = "" }
    word?.append(character)
  }

  private mutating func endWord() {
    if let word { words.append(word) }
    word = nil
  }

  /// A value outside of quotes falls apart at its blanks.
  private mutating func addSplit(_ value: String) {
    for character in value {
      if character == " " || character == "\t" || character == "\n" {
        endWord()
      } else {
        add(character)
      }
    }
  }

  private mutating func singleQuoted() -> Bool {
    word = word ?? ""
    while let character = rest.popFirst() {
      if character == "'" { return true }
      add(character)
    }
    return false
  }

  private mutating func doubleQuoted() -> Bool {
    word = word ?? ""
    while let character = rest.popFirst() {
      switch character {
      case "\"": return true
      case "`": return false
      case "$":
        guard let value = expansion() else { return false }
        word = (word ?? "") + value
      case "\\":
        guard let next = rest.popFirst() else { return false }
        if !"\"\\$`".contains(next) { add("\\") }
        add(next)
      default: add(character)
      }
    }
    return false
  }

  /// The value of `$NAME` or `${NAME}`; nil for every other form.
  private mutating func expansion() -> String? {
    let braced = rest.first == "{"
    if braced { rest.removeFirst() }
    let name = rest.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    guard Dotenv.isName(name) else { return nil }
    rest = rest.dropFirst(name.count)
    if braced, rest.popFirst() != "}" { return nil }
    return variable(String(name)) ?? ""
  }
}
