import Glibc

/// The right to supervise a folder, held by one process at a time and given back with its life.
///
/// The kernel keeps it, so a file that somebody who was killed has left behind says nothing.
package final class FolderLock: Sendable {
  /// Somebody else has it.
  package struct Held: Error, CustomStringConvertible {
    package let folder: String
    /// Who, if the file says so already.
    package let pid: Int32?

    package var description: String {
      guard let pid else { return "another supervise runs in \(folder)" }
      return "another supervise runs in \(folder), pid \(pid); "
        + "stop it with Ctrl-C there, or with 'kill \(pid)'"
    }
  }

  private let file: Descriptor

  private init(_ file: Descriptor) {
    self.file = file
  }

  /// Takes the lock of a folder.
  ///
  /// - Returns: nil where nothing can be written: a server's read-only image needs no lock.
  package static func take(_ folder: String) throws(Held) -> FolderLock? {
    let own = folder.appendingPath(".supervise")
    mkdir(own, 0o755)
    let number = open(own.appendingPath("lock"), O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard number >= 0 else { return nil }
    let file = Descriptor(number)
    guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
      guard errno == EWOULDBLOCK else { return nil }
      throw Held(folder: folder, pid: readText(own.appendingPath("lock")).flatMap(pid))
    }
    ftruncate(number, 0)
    write("\(getpid())\n", to: number)
    hideFromGit(own)
    return FolderLock(file)
  }

  private static func pid(_ text: String) -> Int32? {
    Int32(text.prefix { $0 != "\n" })
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
