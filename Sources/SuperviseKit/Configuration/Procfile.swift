/// One line of a Procfile: a kind of process.
package struct ProcessSpec: Sendable, Equatable {
  package var name: String
  package var command: String
  package var options: ProcessOptions
  /// Where it stands in its file, from 1.
  package var line: Int
}

/// The processes of an application, in the order of their file.
///
/// Unlike in other tools a line that is neither `name: command` nor a comment is an error: a
/// misspelt line that silently starts nothing is found in production.
package struct Procfile: Sendable, Equatable {
  package var processes: [ProcessSpec]

  /// Names that the log needs for itself.
  static let reserved: Set<String> = ["system", "build"]

  /// What was read before.
  init(processes: [ProcessSpec]) { self.processes = processes }

  package init(parsing text: String, file: String) throws(ConfigurationError) {
    processes = []
    var options = ProcessOptions()
    var optionsLine: Int?
    var given: Set<Substring> = []
    for (line, text) in Self.joined(text) {
      let text = text.trimmed
      if text.hasPrefix("#:") {
        optionsLine = line
        try Self.read(
          options: text.dropFirst(2), at: line, of: file, into: &options, given: &given)
      } else if text.isEmpty || text.hasPrefix("#") {
        guard let optionsLine else { continue }
        throw ConfigurationError(
          file, line: optionsLine,
          "options belong directly above their process; line \(line) comes in between")
      } else {
        let spec = try Self.spec(text, options: options, at: line, of: file)
        if let first = processes.first(where: { $0.name == spec.name }) {
          throw ConfigurationError(
            file, line: line, "'\(spec.name)' is already defined in line \(first.line)")
        }
        processes.append(spec)
        options = ProcessOptions()
        optionsLine = nil
        given = []
      }
    }
    if let optionsLine {
      throw ConfigurationError(
        file, line: optionsLine, "options belong above a process, and none follows")
    }
    guard !processes.isEmpty else {
      throw ConfigurationError(file, "no process is defined; add a line such as 'web: ./server'")
    }
    try Self.checkOrder(of: processes, file: file)
  }

  /// The lines with their numbers; a backslash at the end joins a line with its successor.
  private static func joined(_ text: String) -> [(Int, Substring)] {
    let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    var lines: [(Int, Substring)] = []
    var open: (line: Int, text: Substring)?
    let raw = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
    for (index, part) in raw.enumerated() {
      var (line, whole) = open.map { ($0.line, $0.text + part) } ?? (index + 1, part)
      open = nil
      if whole.hasSuffix("\\"), !whole.trimmed.hasPrefix("#") {
        whole.removeLast()
        open = (line, whole)
      } else {
        lines.append((line, whole))
      }
    }
    if let open { lines.append((open.line, open.text)) }
    return lines
  }

  private static func spec(
    _ text: Substring, options: ProcessOptions, at line: Int, of file: String
  ) throws(ConfigurationError) -> ProcessSpec {
    guard let colon = text.firstIndex(of: ":") else {
      throw ConfigurationError(file, line: line, "'\(text)' is not of the form 'name: command'")
    }
    let name = text[..<colon].trimmed
    let command = text[text.index(after: colon)...].trimmed
    guard !name.isEmpty, name.allSatisfy(Self.isNameCharacter) else {
      throw ConfigurationError(
        file, line: line,
        "'\(name)' is no name for a process; use letters, digits, '-' and '_' before the ':'")
    }
    guard !command.isEmpty else {
      throw ConfigurationError(file, line: line, "'\(name)' has no command")
    }
    guard name != "all" else {
      throw ConfigurationError(
        file, line: line,
        "'all' stands for every process in commands and in -c; choose another name")
    }
    guard !reserved.contains(String(name)) else {
      throw ConfigurationError(
        file, line: line, "'\(name)' is the name of supervise's own log lines; choose another")
    }
    do throws(OptionError) {
      try Command.checkQuotes(command)
      try options.check(for: String(name))
    } catch {
      throw ConfigurationError(file, line: line, error.detail)
    }
    return ProcessSpec(
      name: String(name), command: String(command), options: options, line: line)
  }

  static func isNameCharacter(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber) || "_-".contains(character)
  }

  private static func read(
    options text: Substring, at line: Int, of file: String, into options: inout ProcessOptions,
    given: inout Set<Substring>
  ) throws(ConfigurationError) {
    guard let words = Word.split(text) else {
      throw ConfigurationError(file, line: line, "a quotation mark is not closed")
    }
    for word in words {
      guard let equal = word.firstIndex(of: "=") else {
        throw ConfigurationError(file, line: line, "'\(word)' is not of the form option=value")
      }
      let key = word[..<equal]
      guard ProcessOptions.lists.contains(key) || given.insert(key).inserted else {
        throw ConfigurationError(file, line: line, "'\(key)' is set twice for one process")
      }
      do throws(OptionError) {
        try options.set(key, word[word.index(after: equal)...])
      } catch {
        throw ConfigurationError(file, line: line, error.detail)
      }
    }
  }
}
