/// Which files below a directory are sources.
struct SourceSelection: Equatable, Sendable {
  /// The directory, absolute.
  let root: String
  /// What is watched, seen from `root`; the rest is not.
  let patterns: [GlobPattern]
  /// What is left out of it.
  let exclusions: [GlobPattern]
  /// Whether `.gitignore` has a say in it.
  let heedsIgnoreRules: Bool

  init(
    root: String, patterns: [String], excluding exclusions: [String] = [],
    heedingIgnoreRules: Bool = true
  ) {
    self.root = root.normalizedPath
    self.patterns = patterns.map { GlobPattern($0) }
    self.exclusions = exclusions.map { GlobPattern($0) }
    heedsIgnoreRules = heedingIgnoreRules
  }

  /// These files of one directory and nothing else, whatever they are called.
  static func files(_ names: [String], in directory: String) -> SourceSelection {
    SourceSelection(
      root: directory, patterns: names.map(GlobPattern.escaped), heedingIgnoreRules: false)
  }

  /// What `swift build` reads of a package, save its tests.
  static func swiftPackage(at root: String) -> SourceSelection {
    SourceSelection(
      root: root,
      patterns: ["Package.swift", "Package@swift-*.swift", "Sources/**", "Plugins/**"],
      excluding: ["**/*.docc/**"])
  }

  /// Whether a file, seen from the root, is a source.
  ///
  /// A hidden one is only if a pattern says so with a dot of its own, as in `config/.env`.
  func contains(_ path: String) -> Bool {
    let name = path.lastName
    let isHidden = name.hasPrefix(".")
    return !Self.isTemporary(name)
      && patterns.contains { (!isHidden || $0.text.lastName.hasPrefix(".")) && $0.matches(path) }
      && !exclusions.contains { $0.matches(path) }
  }

  /// Whether sources may lie inside a directory, seen from the root.
  func reaches(into directory: String) -> Bool {
    !directory.lastName.hasPrefix(".") && patterns.contains { $0.canMatch(inside: directory) }
      && !exclusions.contains { $0.matches(directory) }
  }

  /// Whether editors make files of this name while they save or are open.
  ///
  /// `sedJ7aQx2` is what `sed -i` writes before it renames it over the file; with `4913`, or the
  /// next free number in steps of 123, vim tries whether it may write in a directory.
  static func isTemporary(_ name: String) -> Bool {
    let prefixes = [".#", ".goutputstream-"]
    let suffixes = ["~", ".swp", ".swo", ".swx", ".kate-swp", "___jb_tmp___", "___jb_old___"]
    if prefixes.contains(where: name.hasPrefix) || suffixes.contains(where: name.hasSuffix) {
      return true
    }
    if name.hasPrefix("#"), name.hasSuffix("#") { return true }
    if name.hasPrefix("sed"), name.count == 9, !name.contains(".") { return true }
    guard let number = Int(name) else { return false }
    return number >= 4913 && (number - 4913).isMultiple(of: 123)
  }
}
