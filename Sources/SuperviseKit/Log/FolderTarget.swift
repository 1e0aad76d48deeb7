import Glibc
import Synchronization

/// A folder with a file for each process, and `all.log` with the lines of all.
///
/// A disk that is full or gone stops nobody: what it does not take is counted, and that is told
/// once, and once more when it takes lines again.
final class FolderTarget: LogTarget {
  /// Asked and told by the loop; never held while something is written.
  private struct Desk {
    var names = ["all"]
    var wantsReopening = false
    var news: [String] = []
  }

  /// The thread's own.
  private struct Shelf {
    var files: [LogFile] = []
    /// The lines that are missing since the disk has stopped taking them; nil while it takes them.
    var missing: Int?
  }

  private let folder: String
  private let rotation: LogRotation?
  private let told: Descriptor
  private let desk = Mutex(Desk())
  private let shelf = Mutex(Shelf())

  /// Makes the folder; `told` is added to when there is news.
  init(_ folder: String, rotation: LogRotation?, told: Descriptor) throws(SystemError) {
    self.folder = folder
    self.rotation = rotation
    self.told = told
    guard mkdir(folder, 0o750) == 0 || errno == EEXIST else { throw SystemError(folder) }
    guard isDirectory(folder) else { throw SystemError(folder, ENOTDIR) }
    guard access(folder, W_OK | X_OK) == 0 else { throw SystemError(folder) }
  }

  /// The number of the file for a process of this name.
  func file(for name: String) -> Int {
    desk.withLock { desk in
      if let known = desk.names.dropFirst().firstIndex(of: name) { return known }
      desk.names.append(name)
      return desk.names.count - 1
    }
  }

  /// Opens all files anew, for they may have been renamed.
  func reopen() { desk.withLock { $0.wantsReopening = true } }

  /// What the loop is to say.
  func takeNews() -> [String] {
    desk.withLock { desk in
      defer { desk.news = [] }
      return desk.news
    }
  }

  func write(
    _ bytes: UnsafeRawBufferPointer, _ parts: [LogPart], progressed: (Int) -> Void
  ) -> Bool {
    let names = desk.withLock { $0.names }
    shelf.withLock { shelf in
      while shelf.files.count < names.count {
        shelf.files.append(LogFile("\(folder)/\(names[shelf.files.count]).log"))
      }
      keep(bytes, parts, on: &shelf)
    }
    progressed(bytes.count)
    return true
  }

  func refresh() {
    guard desk.withLock({ $0.wantsReopening }) else { return }
    desk.withLock { $0.wantsReopening = false }
    shelf.withLock { shelf in
      for index in shelf.files.indices { shelf.files[index].close() }
    }
  }

  func end() {}

  private func keep(
    _ bytes: UnsafeRawBufferPointer, _ parts: [LogPart], on shelf: inout Shelf
  ) {
    var lost = 0
    var reason: SystemError?
    let now = time(nil)
    func append(_ stretches: [UnsafeRawBufferPointer], to file: Int) {
      do throws(SystemError) {
        try shelf.files[file].append(stretches, rotation: rotation, now: now)
      } catch {
        reason = error
        lost += stretches.reduce(0) { $0 + $1.lineCount }
      }
    }

    append([bytes], to: 0)
    var stretches = [[UnsafeRawBufferPointer]](repeating: [], count: shelf.files.count)
    var start = 0
    for part in parts {
      let end = start + part.count
      stretches[part.file].append(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
      start = end
    }
    for file in stretches.indices.dropFirst() { append(stretches[file], to: file) }
    report(lost, reason, on: &shelf)
  }

  private func report(_ lost: Int, _ reason: SystemError?, on shelf: inout Shelf) {
    if let reason {
      if shelf.missing == nil { tell("\(reason); log lines are missing there until it is mended") }
      shelf.missing = (shelf.missing ?? 0) + lost
    } else if let missing = shelf.missing {
      tell("\(folder): log files are written again; \(missing) lines are missing in them")
      shelf.missing = nil
    }
  }

  private func tell(_ text: String) {
    desk.withLock { $0.news.append(text) }
    told.addToCounter()
  }
}
