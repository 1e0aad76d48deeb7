import Glibc

/// When to look how much memory those take that have a limit.
struct MemoryWatch {
  typealias Instant = ContinuousClock.Instant

  private static let pause = Duration.seconds(2)
  private(set) var deadline: Instant

  /// nil where nobody has a limit; an idle supervisor then looks at nothing.
  init?(_ placements: [Placement], now: Instant) {
    guard placements.contains(where: { $0.settings.memoryLimit != nil }) else { return nil }
    deadline = now + Self.pause
  }

  mutating func isDue(at now: Instant) -> Bool {
    guard now >= deadline else { return false }
    deadline = now + Self.pause
    return true
  }
}

/// How much memory of the machine process groups take, by the numbers of the groups.
enum ResidentMemory {
  /// The bytes of each of these groups; pages that its members share count for each of them.
  static func ofGroups(_ groups: Set<pid_t>) -> [pid_t: UInt] {
    guard let folder = opendir("/proc") else { return [:] }
    defer { closedir(folder) }
    let page = UInt(sysconf(Int32(_SC_PAGESIZE)))
    var result: [pid_t: UInt] = [:]
    while let entry = readdir(folder) {
      // Numbers are processes.
      guard 0x30...0x39 ~= entry.pointee.d_name.0 else { continue }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard let pid = pid_t(name), groups.contains(getpgid(pid)) else { continue }
      guard let bytes = TextFile.bytes(of: "/proc/\(name)/stat"),
        let usage = usage(String(decoding: bytes, as: UTF8.self))
      else { continue }
      result[usage.group, default: 0] += usage.pages * page
    }
    return result
  }

  /// The group and the pages of one process, from its line of `/proc/PID/stat`.
  static func usage(_ stat: String) -> (group: pid_t, pages: UInt)? {
    // The name may hold anything, brackets as well; what follows the last one are numbers.
    guard let end = stat.lastIndex(of: ")") else { return nil }
    let fields = stat[end...].split(separator: " ").dropFirst()
    guard fields.count > 21, let group = pid_t(fields[fields.startIndex + 2]),
      let pages = UInt(fields[fields.startIndex + 21])
    else { return nil }
    return (group, pages)
  }
}
