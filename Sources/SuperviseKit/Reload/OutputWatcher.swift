import Glibc

/// Watches where a build puts its executables, and nothing else of the build.
///
/// A build makes hundreds of changes below `.build`; those on the way to an executable are a
/// handful. So only the directories on that way are watched, none recursively. When a part of the
/// way is removed, what is left of it shows when it comes back.
final class OutputWatcher {
  /// One executable of interest.
  private struct Candidate {
    let path: String
    /// Its resolved directory; kept while a link to it is being replaced.
    var directory: String?
    /// What was seen last in that directory.
    var seen: FileIdentity?
    /// Whether it could be executed then.
    var wasExecutable = false
    /// Whether there is a file, as far as the events tell.
    var isThere = false

    /// Looks at it again; whether it can be executed since.
    mutating func look() -> Bool {
      seen = found
      isThere = seen != nil
      defer { wasExecutable = isExecutable }
      return isExecutable && !wasExecutable
    }

    var isExecutable: Bool {
      directory.map { access($0.appendingPath(path.lastName), X_OK) == 0 } ?? false
    }

    var found: FileIdentity? {
      directory.flatMap { FileIdentity(path: $0.appendingPath(path.lastName)) }
    }
  }

  private let root: String
  /// None where every change is found by ``rescan()``.
  private let inotify: Inotify?
  private var candidates: [Candidate] = []
  private var surveys: [OutputSurvey] = []
  private var watches: [String: Inotify.Watch] = [:]
  private var directories: [Inotify.Watch: String] = [:]

  /// Readable when something has changed, for `epoll`; -1 without events.
  var fileDescriptor: Int32 { inotify?.fileDescriptor ?? -1 }

  /// The directories under watch.
  var watchedDirectories: [String] { watches.keys.sorted() }

  /// Starts watching.
  ///
  /// - Parameters:
  ///   - root: The package's directory, absolute. It has to exist.
  ///   - executables: Absolute paths, or paths below `root` such as `.build/debug/demo`. They
  ///     need not exist yet.
  ///   - events: Whether the kernel is to tell of changes; without it, ``rescan()`` has to be
  ///     called from time to time.
  /// - Throws: ``WatchError``, when the kernel grants no watch.
  init(root: String, executables: [String], events: Bool = true) throws(WatchError) {
    self.root = root.normalizedPath
    inotify = events ? try Inotify(path: root) : nil
    try watch(executables: executables)
  }

  /// Replaces what is watched; what is there already is taken as known.
  func watch(executables: [String]) throws(WatchError) {
    var paths: [String] = []
    for path in executables.map({ root.appendingPath($0).normalizedPath })
    where !paths.contains(path) {
      paths.append(path)
    }
    candidates = paths.map { path in
      candidates.first { $0.path == path } ?? Candidate(path: path)
    }
    try survey()
    for index in candidates.indices where candidates[index].seen == nil {
      _ = candidates[index].look()
    }
  }

  /// Takes what has happened since, without waiting.
  func drain() throws(WatchError) -> [OutputEvent] {
    var events: [OutputEvent] = []
    var created: Set<OutputSurvey.Lookup> = []
    var isWayChanged = false
    for event in inotify?.drain() ?? [] {
      if event.mask.contains(.overflow) {
        append(.overflow, to: &events)
        isWayChanged = true
      }
      guard let directory = directories[event.watch] else { continue }
      if event.mask.contains(.ended) { forget(event.watch) }
      let lookup = OutputSurvey.Lookup(directory: directory, name: event.name)
      if event.name.isEmpty || surveys.contains(where: { $0.lookups.contains(lookup) }) {
        isWayChanged = true
        if !event.mask.isDisjoint(with: [.created, .movedIn]) { created.insert(lookup) }
      } else {
        note(event, in: directory, as: &events)
      }
    }
    if isWayChanged { try events += rescan(created: created) }
    return events
  }

  /// Compares every executable with what was seen last.
  ///
  /// Needed from time to time where the kernel tells nothing (``changesAreSilent(in:)``).
  func rescan() throws(WatchError) -> [OutputEvent] { try rescan(created: []) }

  private func rescan(
    created: Set<OutputSurvey.Lookup>
  ) throws(WatchError) -> [OutputEvent] {
    let linksBefore = Set(surveys.flatMap(\.links.keys))
    try survey()
    var events: [OutputEvent] = []
    for index in candidates.indices {
      let found = candidates[index].found
      guard found != candidates[index].seen else { continue }
      _ = candidates[index].look()
      let path = candidates[index].path
      events.append(found == nil ? .removed(path) : .written(path))
    }
    // Last, as a build makes it: what it leads to has been noted by then.
    for (link, path) in surveys.flatMap(\.links)
    where created.contains(link) || !linksBefore.contains(link) {
      if !events.contains(.linked(path)) { events.append(.linked(path)) }
    }
    return events
  }

  /// Notes what happened to an executable in its directory.
  private func note(
    _ event: Inotify.Event, in directory: String, as events: inout [OutputEvent]
  ) {
    for index in candidates.indices
    where candidates[index].directory == directory
      && candidates[index].path.lastName == event.name
    {
      let path = candidates[index].path
      let wasThere = candidates[index].isThere
      let isFreed = candidates[index].look()
      candidates[index].isThere = event.mask.isDisjoint(with: [.deleted, .movedOut])
      if event.mask.contains(.attributes) {
        // Rights change in the middle of a build as well; what counts is that it can be started.
        append(isFreed ? .written(path) : nil, to: &events)
      } else {
        append(change(of: path, event.mask, wasThere: wasThere), to: &events)
      }
    }
  }

  private func change(
    of path: String, _ mask: Inotify.Mask, wasThere: Bool
  ) -> OutputEvent? {
    // A linker that renames has taken the old one away before, and is not through yet.
    if mask.contains(.movedIn), wasThere { return .replaced(path) }
    if !mask.isDisjoint(with: [.written, .movedIn]) { return .written(path) }
    if mask.contains(.created) { return .appeared(path) }
    if !mask.isDisjoint(with: [.deleted, .movedOut]) { return .removed(path) }
    return nil
  }

  private func append(_ event: OutputEvent?, to events: inout [OutputEvent]) {
    guard let event, events.last != event else { return }
    events.append(event)
  }

  /// Watches the ways as they are now, and looks again until nothing has changed meanwhile.
  private func survey() throws(WatchError) {
    var attemptsLeft = 10
    repeat {
      surveys = candidates.map { OutputSurvey(of: $0.path, root: root) }
      try watchWays()
      attemptsLeft -= 1
    } while attemptsLeft > 0
      && surveys != candidates.map { OutputSurvey(of: $0.path, root: root) }
  }

  private func watchWays() throws(WatchError) {
    var wanted: [String: Inotify.Mask] = [:]
    for directory in surveys.flatMap(\.directories) { wanted[directory] = [.names, .gone] }
    for index in candidates.indices {
      let known = candidates[index].directory.flatMap { isDirectory($0) ? $0 : nil }
      candidates[index].directory = surveys[index].target ?? known
      guard let directory = candidates[index].directory else { continue }
      wanted[directory] = [.names, .gone, .written, .attributes]
    }
    guard let inotify else { return }
    for (directory, watch) in watches where wanted[directory] == nil {
      inotify.remove(watch)
      forget(watch)
    }
    for (directory, mask) in wanted {
      // Always anew: the directory may be another one by now under the same path.
      guard let watch = try inotify.watch(directory, for: mask) else { continue }
      if let old = watches[directory], old != watch {
        inotify.remove(old)
        forget(old)
      }
      watches[directory] = watch
      directories[watch] = directory
    }
  }

  private func forget(_ watch: Inotify.Watch) {
    guard let directory = directories.removeValue(forKey: watch) else { return }
    if watches[directory] == watch { watches[directory] = nil }
  }
}
