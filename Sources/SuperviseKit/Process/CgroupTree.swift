import Glibc

/// The control groups that a supervisor has made: one for each process of a place.
///
///     its own, delegated ─┬─ the supervisor, its guard, builds and probes
///                         └─ supervise-IDENTITY ─┬─ worker.1-7 ── whatever that has started
///                                                └─ worker.2-8
///
/// No controller is enabled for them, so the supervisor can stay where it is.
final class CgroupTree {
  let root: Cgroup
  /// Held by the supervisor and its guard: as long as it is, nobody else clears up here.
  let lock: Descriptor
  private var left: [Cgroup] = []
  private static let prefix = "supervise-"

  /// Clears up what others have left that were killed, their guards too.
  ///
  /// nil where this is not to be done or cannot be done.
  init?(_ identity: String, in folder: String? = CgroupDelegation.folder()) {
    guard let folder else { return nil }
    Self.clearUp(folder)
    root = Cgroup(path: folder.appendingName(Self.prefix + identity))
    guard mkdir(root.path, 0o755) == 0 else { return nil }
    guard let lock = Self.lock(root) else {
      _ = root.remove()
      return nil
    }
    self.lock = lock
  }

  /// - Returns: One for a new process; nil when the kernel grants no more.
  func make(_ name: String) -> Cgroup? {
    let group = Cgroup(path: root.path.appendingName(name))
    return mkdir(group.path, 0o755) == 0 ? group : nil
  }

  /// Its process is gone; a daemon of that may be there still.
  func release(_ group: Cgroup) {
    left.append(group)
    left.removeAll { $0.remove() }
  }

  /// Whether a process lives in one of them.
  func holds(_ pid: pid_t) -> Bool {
    let text = TextFile.bytes(of: "/proc/\(pid)/cgroup").map { String(decoding: $0, as: UTF8.self) }
    let path = text.flatMap(CgroupDelegation.path) ?? ""
    return path.split(separator: "/").contains { $0 == root.path.lastName }
  }

  /// Kills what is left, and leaves nothing behind.
  func close() { root.clear() }

  private static func clearUp(_ folder: String) {
    for name in namesInDirectory(folder) where name.hasPrefix(prefix) {
      let group = Cgroup(path: folder.appendingName(name))
      if let lock = lock(group) { withExtendedLifetime(lock) { group.clear() } }
    }
  }

  /// nil when somebody else has it, or has removed the group.
  private static func lock(_ group: Cgroup) -> Descriptor? {
    let folder = Descriptor(open(group.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
    guard folder.number >= 0, flock(folder.number, LOCK_EX | LOCK_NB) == 0 else { return nil }
    return isDirectory(group.path) ? folder : nil
  }
}
