import Glibc

/// Descendants that left their process group and outlived their parents.
struct Stray {
  var pid: pid_t
  var name: String
  /// Whose descendant it is, when its environment tells: `worker.2`.
  var place: String?
}

enum Strays {
  /// The place of the build, whose compilers are each in a group of their own.
  static let build = "build"

  /// The children of this process, adopted ones included.
  ///
  /// Where supervisors are nested, the outer one adopts what the inner one has left if that is killed.
  /// Both may have a `worker.1`, so a place counts only beside an id of this supervisor's.
  static func children(of identity: String) -> [Stray] {
    let list = text("/proc/self/task/\(getpid())/children")
    return list.split(separator: " ").compactMap { pid_t($0) }.map { pid in
      let variables = text("/proc/\(pid)/environ").split(separator: "\0")
      let key = "SUPERVISE_INSTANCE="
      let isOurs = variables.contains { $0.hasPrefix("SUPERVISE_ID=\(identity)-") }
      let place = isOurs ? variables.first { $0.hasPrefix(key) }?.dropFirst(key.count) : nil
      return Stray(pid: pid, name: name(of: pid), place: place.map(String.init))
    }
  }

  /// What a process is called, for a person.
  static func name(of pid: pid_t) -> String {
    text("/proc/\(pid)/comm").split(separator: "\n").first.map(String.init) ?? "?"
  }

  private static func text(_ path: String) -> String {
    TextFile.bytes(of: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
