import Glibc

/// Source files that were saved, removed or renamed.
struct SourceChange: Equatable, Sendable {
  /// Absolute paths, each once, in the order of their first change.
  ///
  /// When the kernel lost events it is the directories that were looked through instead.
  let files: [String]
  /// Those of them that are, or were, directories.
  let directories: Set<String>

  func isDirectory(_ path: String) -> Bool { directories.contains(path) }
}

extension SourceChange {
  /// When nobody knows what has changed.
  init(everythingIn selections: [SourceSelection]) {
    self.init(files: selections.map(\.root), directories: Set(selections.map(\.root)))
  }
}

/// Watches the sources of a program, all directories of them, also those that come later.
///
/// What is hidden, what `.gitignore` names and what editors leave behind while they save is no
/// source. A save is one change, whichever way an editor goes about it.
final class SourceWatcher {
  /// A directory under watch.
  private struct Folder {
    let path: String
    var interests: [SourceInterest] = []

    /// Takes up an interest, or its rules as they are now.
    mutating func add(_ interest: SourceInterest) {
      interests.removeAll { $0.selection == interest.selection }
      interests.append(interest)
    }
  }

  let selections: [SourceSelection]
  private let inotify: Inotify
  private var folders: [Inotify.Watch: Folder] = [:]

  /// Readable when something has changed; for `epoll`.
  var fileDescriptor: Int32 { inotify.fileDescriptor }

  /// The directories under watch.
  var watchedDirectories: [String] { folders.values.map(\.path).sorted() }

  /// Starts watching.
  ///
  /// - Parameter selections: What is a source, by directory; each directory has to exist.
  /// - Throws: ``WatchError``, when a directory is missing or the kernel grants no more watches.
  init(_ selections: [SourceSelection]) throws(WatchError) {
    self.selections = selections
    inotify = try Inotify(path: selections.first?.root ?? "/")
    for selection in selections where !isDirectory(selection.root) {
      throw WatchError(number: ENOTDIR, path: selection.root)
    }
    try watchAll()
  }

  /// Takes what has changed since, without waiting; nil when no source has.
  func drain() throws(WatchError) -> SourceChange? {
    var found = Found()
    var mustLookAgain = false
    for event in inotify.drain() {
      if event.mask.contains(.overflow) {
        for selection in selections { found.add(directory: selection.root) }
        mustLookAgain = true
      }
      guard let folder = folders[event.watch] else { continue }
      if event.mask.contains(.ended) {
        folders[event.watch] = nil
      } else if event.name == ".gitignore" {
        mustLookAgain = true
      } else if !event.name.isEmpty {
        try note(event, in: folder, &found)
      }
    }
    if mustLookAgain { try watchAll() }
    let files = found.files.filter { !found.created.contains($0) || exists($0) }
    return files.isEmpty ? nil : SourceChange(files: files, directories: found.directories)
  }

  private func note(
    _ event: Inotify.Event, in folder: Folder, _ found: inout Found
  ) throws(WatchError) {
    let path = folder.path.appendingName(event.name)
    let isNew = !event.mask.isDisjoint(with: [.created, .movedIn])
    // A link to a directory counts as one, but the kernel does not say so.
    if event.mask.contains(.isDirectory) || (isNew && isDirectory(path)) {
      if isNew {
        for interest in folder.interests {
          if let inner = interest.entering(path) { try watch(path, inner, &found) }
        }
      } else if forget(below: path) {
        found.add(directory: path)
      }
      return
    }
    guard folder.interests.contains(where: { $0.selects(path) }) else { return }
    if event.mask.contains(.created) {
      // Its content is on the way and will be told; that of a link is there already.
      found.begin(path)
      guard isCompleteFromTheStart(path) else { return }
    }
    found.add(path)
  }

  /// What a look at the events, or at directories, brings up.
  private struct Found {
    private(set) var files: [String] = []
    private(set) var directories: Set<String> = []
    private var known: Set<String> = []
    /// Files that did not exist before; those that are gone again were nobody's sources.
    private(set) var created: Set<String> = []

    mutating func add(_ path: String) {
      if known.insert(path).inserted { files.append(path) }
    }

    mutating func add(directory: String) {
      directories.insert(directory)
      add(directory)
    }

    mutating func begin(_ path: String) {
      if !known.contains(path) { created.insert(path) }
    }
  }
}

// The directories.
extension SourceWatcher {
  /// Watches everything anew, with rules as they are now.
  private func watchAll() throws(WatchError) {
    for watch in folders.keys { inotify.remove(watch) }
    folders = [:]
    for selection in selections {
      var known = Found()
      try watch(selection.root, SourceInterest(in: selection), &known)
    }
  }

  /// Watches a directory and those in it, and finds the files that are there.
  ///
  /// First the watch, then the look: what comes in between is seen twice rather than never.
  private func watch(
    _ directory: String, _ interest: SourceInterest, _ found: inout Found
  ) throws(WatchError) {
    guard let watch = try inotify.watch(directory, for: [.written, .names, .gone]) else { return }
    // The kernel gives the same directory the same watch: a link led in a circle.
    if let known = folders[watch], known.path != directory { return }
    folders[watch, default: Folder(path: directory)].add(interest)
    for name in namesInDirectory(directory) {
      let path = directory.appendingName(name)
      if isDirectory(path) {
        if let inner = interest.entering(path) { try self.watch(path, inner, &found) }
      } else if interest.selects(path) {
        found.add(path)
      }
    }
  }

  /// Ends the watches of a directory that went away and of those in it; false without any.
  private func forget(below directory: String) -> Bool {
    let gone = folders.filter { $0.value.path.path(below: directory) != nil }.keys
    for watch in gone {
      inotify.remove(watch)
      folders[watch] = nil
    }
    return !gone.isEmpty
  }
}
