import Glibc

/// Descendants that left their process group and outlived their parents.
struct Stray {
  var pid: pid_t
  var name: String
  /// ` by worker.2`, when its environment tells.
  var origin: String
}

enum Strays {
  /// The children of this process, adopted ones included.
  static func children() -> [Stray] {
    let list = text("/proc/self/task/\(getpid())/children")
    return list.split(separator: " ").compactMap { pid_t($0) }.map { pid in
      let name = text("/proc/\(pid)/comm").split(separator: "\n").first.map(String.init) ?? "?"
      let variables = text("/proc/\(pid)/environ").split(separator: "\0")
      let key = "SUPERVISE_INSTANCE="
      let place = variables.first { $0.hasPrefix(key) }?.dropFirst(key.count)
      return Stray(pid: pid, name: name, origin: place.map { " by \($0)" } ?? "")
    }
  }

  private static func text(_ path: String) -> String {
    let file = Descriptor(open(path, O_RDONLY | O_CLOEXEC))
    guard file.number >= 0 else { return "" }
    var bytes: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = read(file.number, &part, part.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += part[..<count]
    }
  }
}
