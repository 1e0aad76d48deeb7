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
  static func children() -> [Stray] {
    let list = text("/proc/self/task/\(getpid())/children")
    return list.split(separator: " ").compactMap { pid_t($0) }.map { pid in
      let name = text("/proc/\(pid)/comm").split(separator: "\n").first.map(String.init) ?? "?"
      let variables = text("/proc/\(pid)/environ").split(separator: "\0")
      let key = "SUPERVISE_INSTANCE="
      let place = variables.first { $0.hasPrefix(key) }?.dropFirst(key.count)
      return Stray(pid: pid, name: name, place: place.map(String.init))
    }
  }

  private static func text(_ path: String) -> String {
    TextFile.bytes(of: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
