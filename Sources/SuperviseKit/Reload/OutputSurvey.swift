/// The way to an executable, as the file system shows it now.
///
///     /app ─ .build ─ debug ──link──► x86_64-unknown-linux-gnu ─ debug ─ demo
///
/// Every directory on the way is of interest: when a part of the way is removed and comes back,
/// that shows in the directory above.
struct OutputSurvey: Equatable {
  /// A name that was looked up in a directory, resolved.
  struct Lookup: Hashable {
    let directory: String
    let name: String
  }

  /// The directories on the way that exist, resolved, the first one first.
  private(set) var directories: [String] = []
  /// The names that lead on, with the one that is missing, if one is.
  private(set) var lookups: Set<Lookup> = []
  /// Those that are links, and how the executable's own path spells the way up to there.
  private(set) var links: [Lookup: String] = [:]
  /// The resolved directory of the executable, nil while a part of the way is missing.
  private(set) var target: String?

  /// Walks from `root`, or from the nearest directory above an executable that is not below it.
  init(of executable: String, root: String) {
    let directory = executable.parentPath
    var start = directory.path(below: root) == nil ? directory : root
    while !isDirectory(start), start != "/", !start.isEmpty { start = start.parentPath }
    guard let resolved = resolvedPath(start), let way = directory.path(below: start) else {
      return
    }
    directories = [resolved]
    target = walk(way, from: resolved, spelled: start)
  }

  private mutating func walk(
    _ way: String, from start: String, spelled beginning: String
  ) -> String? {
    var spelled = beginning
    var current = start
    // What a link leads to is walked as well, without being a part of the spelling.
    var ahead = way.split(separator: "/").map { (name: String($0), isSpelled: true) }
    var linksLeft = 40
    while !ahead.isEmpty {
      let (name, isSpelled) = ahead.removeFirst()
      if isSpelled { spelled = spelled.appendingPath(name) }
      if name == ".." {
        current = current.parentPath
        continue
      }
      let lookup = Lookup(directory: current, name: name)
      lookups.insert(lookup)
      let next = current.appendingPath(name)
      if let destination = linkDestination(next) {
        links[lookup] = spelled
        linksLeft -= 1
        guard linksLeft > 0 else { return nil }
        if destination.hasPrefix("/") {
          guard let resolved = resolvedPath(destination), enter(resolved) else { return nil }
          current = resolved
        } else {
          let names = destination.split(separator: "/").filter { $0 != "." }
          ahead.insert(
            contentsOf: names.map { (name: String($0), isSpelled: false) }, at: 0)
        }
      } else {
        guard enter(next) else { return nil }
        current = next
      }
    }
    return current
  }

  private mutating func enter(_ directory: String) -> Bool {
    guard isDirectory(directory) else { return false }
    directories.append(directory)
    return true
  }
}
