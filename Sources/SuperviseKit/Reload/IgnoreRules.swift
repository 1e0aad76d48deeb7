/// The rules of one `.gitignore`, for paths seen from the directory it lies in.
struct IgnoreRules: Equatable, Sendable {
  private struct Rule: Equatable {
    let pattern: GlobPattern
    let isNegated: Bool
    let isForDirectoriesOnly: Bool
  }

  private let rules: [Rule]

  init(_ text: String) {
    rules = text.split(whereSeparator: \.isNewline).compactMap { Self.rule(String($0)) }
  }

  /// Whether a path is ignored; nil when no rule speaks of it, so that outer rules decide.
  ///
  /// A path inside an ignored directory is ignored whatever its own rules say; who walks the
  /// directories does not get that far.
  func isIgnored(_ path: String, isDirectory: Bool) -> Bool? {
    rules.last { rule in
      (isDirectory || !rule.isForDirectoriesOnly) && rule.pattern.matches(path)
    }.map { !$0.isNegated }
  }

  private static func rule(_ line: String) -> Rule? {
    var text = withoutTrailingBlanks(line[...])
    if text.hasPrefix("#") { return nil }
    let isNegated = text.hasPrefix("!")
    if isNegated { text.removeFirst() }
    let isForDirectoriesOnly = text.hasSuffix("/")
    if isForDirectoriesOnly { text.removeLast() }
    guard !text.isEmpty else { return nil }
    let isAnchored = text.contains("/")
    return Rule(
      pattern: GlobPattern((isAnchored ? "" : "**/") + text, braces: .literal),
      isNegated: isNegated, isForDirectoriesOnly: isForDirectoriesOnly)
  }

  /// Blanks at the end do not count, unless a backslash says that they do.
  private static func withoutTrailingBlanks(_ line: Substring) -> Substring {
    var text = line
    while text.hasSuffix(" "), !text.hasSuffix("\\ ") { text.removeLast() }
    return text
  }
}

/// The rules of all `.gitignore` files from a repository's top down to one directory.
struct IgnoreStack: Equatable, Sendable {
  private var levels: [(directory: String, rules: IgnoreRules)] = []

  /// With the rules of another directory, inside those there are.
  func adding(_ rules: IgnoreRules, of directory: String) -> IgnoreStack {
    var stack = self
    stack.levels.append((directory, rules))
    return stack
  }

  /// Whether an absolute path is ignored: the innermost rules that speak of it decide.
  func isIgnored(_ path: String, isDirectory: Bool) -> Bool {
    for level in levels.reversed() {
      guard let below = path.path(below: level.directory),
        let verdict = level.rules.isIgnored(below, isDirectory: isDirectory)
      else { continue }
      return verdict
    }
    return false
  }

  static func == (left: IgnoreStack, right: IgnoreStack) -> Bool {
    left.levels.elementsEqual(right.levels) { $0 == $1 }
  }
}
