extension SourceSelection {
  /// What patterns of the command line mean, seen from a folder: globs, files and whole folders,
  /// also outside of it.
  ///
  /// A file that is named in full is meant even if `.gitignore` names it as well.
  static func selections(of patterns: [String], in folder: String) -> [SourceSelection] {
    var groups: [(key: Group, patterns: [String])] = []
    for text in patterns {
      let pattern = Resolved(text, in: folder)
      let group = Group(root: pattern.root, isNamed: pattern.isNamed)
      if let index = groups.firstIndex(where: { $0.key == group }) {
        groups[index].patterns.append(pattern.rest)
      } else {
        groups.append((group, [pattern.rest]))
      }
    }
    return groups.map { group, patterns in
      SourceSelection(
        root: group.root, patterns: patterns, heedingIgnoreRules: !group.isNamed)
    }
  }

  /// Whether a file that has changed, or a directory that came or went, is of interest.
  func concerns(_ path: String, isDirectory: Bool) -> Bool {
    guard let relative = path.path(below: root) else { return root.path(below: path) != nil }
    if relative.isEmpty { return true }
    return isDirectory ? reaches(into: relative) : contains(relative)
  }

  private struct Group: Equatable {
    let root: String
    let isNamed: Bool
  }

  /// A pattern that is seen from where it begins to be one.
  private struct Resolved {
    let root: String
    let rest: String
    /// Whether it is one file, and no pattern at all.
    let isNamed: Bool

    init(_ text: String, in folder: String) {
      let names = text.split(separator: "/").map(String.init)
      let plain = names.prefix { !GlobPattern.hasWildcard($0) }
      let start = (text.hasPrefix("/") ? "/" : "") + plain.joined(separator: "/")
      let path = folder.appendingName(start).normalizedPath
      let isFolder = plain.count == names.count && isDirectory(path)
      isNamed = plain.count == names.count && !isFolder
      let pattern = isFolder ? ["**"] : Array(names[plain.count...])
      if let own = path.path(below: folder) {
        root = folder
        rest = ([own] + pattern).filter { !$0.isEmpty }.joined(separator: "/")
      } else {
        root = isNamed ? path.parentPath : path
        rest = isNamed ? path.lastName : pattern.joined(separator: "/")
      }
    }
  }
}
