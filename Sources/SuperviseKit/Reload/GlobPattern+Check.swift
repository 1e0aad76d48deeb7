extension GlobPattern {
  /// Refuses a pattern that would match nothing, or something else than it seems to.
  ///
  /// The rules of a `.gitignore` are not checked: git takes them as they are, and so does this.
  static func check(_ text: String) throws(OptionError) {
    guard let mistake = mistake(in: text) else { return }
    throw OptionError("'\(text)' is no pattern for files: \(mistake)")
  }

  private static func mistake(in text: String) -> String? {
    if text.isEmpty { return "it is empty" }
    let names = text.split(separator: "/")
    let wild = names.drop { !hasWildcard($0) }
    if !wild.isEmpty, text.hasSuffix("/") {
      return "it ends in '/'; write '\(text)**' for all that is in it"
    }
    if wild.contains("..") { return "'..' means something only before the first wildcard" }
    if let name = names.first(where: { $0 != "**" && spansFolders($0) }) {
      let rest = name.drop { $0 == "*" }
      return "'**' spans folders only as a whole name, as in '**/*\(rest)'"
    }
    if names.contains(where: { NamePattern(Array($0.unicodeScalars)).hasOpenSet }) {
      return #"nothing closes the '['; write '\[' for the character itself"#
    }
    return loneBrace(in: text)
  }

  /// Whether a name of a pattern is more than a name.
  static func hasWildcard(_ name: some StringProtocol) -> Bool {
    name.contains { #"*?[{\"#.contains($0) }
  }

  private static func spansFolders(_ name: Substring) -> Bool {
    zip(name, name.dropFirst()).contains { $0 == ("*", "*") }
  }

  /// What is said of a brace without its other half, or of a backslash before nothing.
  private static func loneBrace(in text: String) -> String? {
    var depth = 0
    var isEscaped = false
    for character in text {
      if isEscaped {
        isEscaped = false
        continue
      }
      switch character {
      case "\\": isEscaped = true
      case "{": depth += 1
      case "}": depth -= 1
      default: break
      }
    }
    if isEscaped { return "nothing follows the backslash at its end" }
    return depth == 0 ? nil : #"its braces do not pair; write '\{' for the character itself"#
  }
}
