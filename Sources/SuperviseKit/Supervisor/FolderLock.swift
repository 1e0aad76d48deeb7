import Glibc

/// The right to supervise a folder, held by one process at a time and given back with its life.
///
/// The kernel keeps it, so a file that somebody who was killed has left behind says nothing.
/// Where no file can be written it is the folder itself that is locked.
package final class FolderLock: Sendable {
  /// Why it was not given.
  package enum Refusal: Error, CustomStringConvertible {
    /// Somebody else has it; who, if the file says so already.
    case held(folder: String, pid: Int32?)
    /// Nothing can be locked there.
    case impossible(folder: String, reason: String)

    package var description: String {
      switch self {
      case .held(let folder, nil): "another supervise runs in \(folder)"
      case .held(let folder, let pid?):
        "another supervise runs in \(folder), pid \(pid); stop it with Ctrl-C there, or with "
          + "'kill \(pid)'"
      case .impossible(let folder, let reason):
        "\(folder) cannot be locked against a second supervise: \(reason)"
      }
    }
  }

  private let file: Descriptor

  private init(_ file: Descriptor) {
    self.file = file
  }

  /// The file that is locked, where one can be written.
  static func path(in folder: String) -> String { folder.appendingPath(".supervise/lock") }

  /// Takes the lock of a folder.
  package static func take(_ folder: String) throws(Refusal) -> FolderLock {
    let own = folder.appendingPath(".supervise")
    mkdir(own, 0o755)
    let path = Self.path(in: folder)
    if let lock = try lock(path, O_RDWR | O_CREAT, of: folder) {
      lock.note(getpid())
      hideFromGit(own)
      return lock
    }
    // A server's read-only image, or a folder of somebody else's.
    if let lock = try lock(path, O_RDONLY, of: folder) { return lock }
    if let lock = try lock(folder, O_RDONLY | O_DIRECTORY, of: folder) { return lock }
    throw .impossible(folder: folder, reason: errorText())
  }

  /// nil where it cannot be opened, with `errno` set.
  private static func lock(
    _ path: String, _ flags: Int32, of folder: String
  ) throws(Refusal) -> FolderLock? {
    let number = open(path, flags | O_CLOEXEC, 0o644)
    guard number >= 0 else { return nil }
    let file = Descriptor(number)
    if flock(number, LOCK_EX | LOCK_NB) == 0 { return FolderLock(file) }
    guard errno == EWOULDBLOCK else { throw .impossible(folder: folder, reason: errorText()) }
    let text = readText(Self.path(in: folder))
    throw .held(folder: folder, pid: text.flatMap { Int32($0.prefix { $0 != "\n" }) })
  }

  private func note(_ pid: pid_t) {
    ftruncate(file.number, 0)
    Self.write("\(pid)\n", to: file.number)
  }

  /// Nobody has to add the folder to the ignored ones.
  private static func hideFromGit(_ folder: String) {
    let number = open(folder.appendingPath(".gitignore"), O_WRONLY | O_CREAT | O_EXCL, 0o644)
    guard number >= 0 else { return }
    write("*\n", to: number)
    close(number)
  }

  private static func write(_ text: String, to file: Int32) {
    _ = Glibc.write(file, text, text.utf8.count)
  }
}
