/// A pattern for paths, such as `src/**/*.py` or `Sources/*.{swift,c}`.
///
/// `*` and `?` stay within one name, `**` as a whole name spans any number of them (at the end at
/// least one), `[a-z]` and `[!a-z]` are one character of a set, `{a,b}` one of several texts, and
/// a backslash takes the next character as it is. A `./` at the front says nothing.
struct GlobPattern: Hashable, Sendable {
  /// Whether braces list alternatives, as in shells, or stand for themselves, as in `.gitignore`.
  enum Braces {
    case alternatives
    case literal
  }

  private enum Segment: Hashable {
    case anyDepth
    case name(NamePattern)
  }

  /// As it was written.
  let text: String
  private let alternatives: [[Segment]]

  init(_ text: String, braces: Braces = .alternatives) {
    self.text = text
    let texts = braces == .alternatives ? Self.expandBraces(Array(text.unicodeScalars)) : nil
    alternatives = (texts ?? [Array(text.unicodeScalars)]).map { scalars in
      Self.split(scalars).drop { $0 == ["."] }.map { name in
        name == ["*", "*"] ? .anyDepth : .name(NamePattern(name))
      }
    }
  }

  /// The pattern that means this very path and no other.
  static func escaped(_ path: String) -> String {
    path.map { #"*?[]{},!\"#.contains($0) ? "\\\($0)" : String($0) }.joined()
  }

  /// Whether a relative path, with `/` between its names, is meant.
  func matches(_ path: String) -> Bool {
    let names = path.split(separator: "/").map { Array($0.unicodeScalars) }
    return alternatives.contains { segments in
      Self.states(after: names, in: segments).contains(segments.count)
    }
  }

  /// Whether a path inside this directory can be meant, so that it is worth a look.
  func canMatch(inside directory: String) -> Bool {
    let names = directory.split(separator: "/").map { Array($0.unicodeScalars) }
    return alternatives.contains { segments in
      Self.states(after: names, in: segments).contains { $0 < segments.count }
    }
  }

  /// Where in the pattern one can be after these names: before which segments, or at the end.
  private static func states(
    after names: [[Unicode.Scalar]], in segments: [Segment]
  ) -> Set<Int> {
    var states = skipping([0], in: segments)
    for name in names {
      var next: Set<Int> = []
      for state in states where state < segments.count {
        switch segments[state] {
        case .anyDepth:
          next.insert(state)
          if state == segments.count - 1 { next.insert(segments.count) }
        case .name(let pattern) where pattern.matches(name):
          next.insert(state + 1)
        case .name:
          continue
        }
      }
      states = skipping(next, in: segments)
    }
    return states
  }

  /// Adds what is reached when a `**` that is not the last segment stands for nothing.
  private static func skipping(_ states: Set<Int>, in segments: [Segment]) -> Set<Int> {
    var all = states
    for var state in states {
      while state < segments.count - 1, segments[state] == .anyDepth {
        state += 1
        all.insert(state)
      }
    }
    return all
  }

  private static func split(_ scalars: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    scalars.split(separator: "/").map(Array.init)
  }

  /// The pattern once for every choice that its braces leave.
  private static func expandBraces(_ text: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    guard let group = BraceGroup(in: text) else { return [text] }
    return group.choices.flatMap { choice in
      expandBraces(Array(text[..<group.start]) + choice + Array(text[group.end...]))
    }
  }
}

/// The first `{a,b}` of a text, with commas of its own level only.
private struct BraceGroup {
  let start: Int
  var end = 0
  var choices: [[Unicode.Scalar]] = [[]]

  init?(in text: [Unicode.Scalar]) {
    var from = 0
    while let open = Self.firstBrace(in: text, from: from) {
      if let group = BraceGroup(in: text, at: open), group.choices.count > 1 {
        self = group
        return
      }
      from = open + 1
    }
    return nil
  }

  private init?(in text: [Unicode.Scalar], at open: Int) {
    start = open
    var depth = 1
    var index = open + 1
    while index < text.count {
      let scalar = text[index]
      if scalar == "\\", index + 1 < text.count {
        choices[choices.count - 1] += [scalar, text[index + 1]]
        index += 2
        continue
      }
      if scalar == "{" { depth += 1 }
      if scalar == "}" { depth -= 1 }
      if depth == 0 {
        end = index + 1
        return
      }
      if scalar == ",", depth == 1 {
        choices.append([])
      } else {
        choices[choices.count - 1].append(scalar)
      }
      index += 1
    }
    return nil
  }

  private static func firstBrace(in text: [Unicode.Scalar], from: Int) -> Int? {
    var index = from
    while index < text.count {
      if text[index] == "{" { return index }
      index += text[index] == "\\" ? 2 : 1
    }
    return nil
  }
}
