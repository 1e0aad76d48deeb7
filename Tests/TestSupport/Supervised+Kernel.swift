package import CLinux
internal import Glibc

// What the kernel says of a `supervise` and those around it.
extension Supervised {
  /// The processor time that all its threads have used.
  package var processorTime: Duration {
    let stat = String(decoding: Self.contents("/proc/\(pid)/stat"), as: UTF8.self)
    guard let end = stat.lastIndex(of: ")") else { return .zero }
    let fields = stat[end...].split(separator: " ")
    let ticks = fields.dropFirst(12).prefix(2).compactMap { Int($0) }.reduce(0, +)
    return .milliseconds(ticks * 1000 / max(1, Int(sysconf(Int32(_SC_CLK_TCK)))))
  }

  /// Its children whose program, or thread, is called so.
  package func children(named name: String) -> [pid_t] {
    let list = String(decoding: Self.contents("/proc/\(pid)/task/\(pid)/children"), as: UTF8.self)
    return list.split(separator: " ").compactMap { pid_t($0) }.filter { child in
      Self.contents("/proc/\(child)/comm").elementsEqual((name + "\n").utf8)
    }
  }

  /// The command lines of processes, their words separated by blanks.
  package func commands(of pids: [pid_t]) -> [String] {
    pids.map { pid in
      let words = Self.contents("/proc/\(pid)/cmdline").split(separator: 0)
      return words.map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
  }
}
