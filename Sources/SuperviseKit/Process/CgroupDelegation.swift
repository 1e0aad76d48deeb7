import CLinux
import Glibc

/// Whether the control group that this process runs in was given to it to be divided.
///
/// A control group has one owner, who alone makes and removes others below it. So nothing is done in
/// that of a login, of a service without `Delegate=`, or of the machine itself; it is ours if
///
/// - whoever made it says so: systemd sets the attribute `trusted.delegate`, since version 251
///   `user.delegate` as well, for units with `Delegate=` (its CGROUP_DELEGATION document). The mark of
///   a group further above does not count: there `systemd --user` may be the owner.
/// - it is the root that a container sees, and the first process is in it still. A container's own
///   service manager would have left it for a group of its own, as systemd does for `init.scope`.
///
/// In any case it must be an ordinary group, which the root of a machine is not: that has no type.
enum CgroupDelegation {
  /// The folder of the own group; nil if there is none, or somebody else's.
  static func folder() -> String? {
    guard let own = path(in: text("/proc/self/cgroup")) else { return nil }
    let folder = folders(of: own, mounts: text("/proc/self/mountinfo")).first(where: isWhereWeAre)
    guard let folder, isOrdinary(folder) else { return nil }
    return isMarked(folder) || isWholeContainer(own) ? folder : nil
  }

  /// The path of a process's group, as `/proc/PID/cgroup` says it.
  static func path(in text: String) -> String? {
    text.split(separator: "\n").first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
  }

  /// Where a group may be found, by `/proc/self/mountinfo`.
  static func folders(of path: String, mounts: String) -> [String] {
    mounts.split(separator: "\n").compactMap { line in
      // 41 31 0:38 /root /mount/point rw,relatime shared:9 - cgroup2 cgroup2 rw
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash >= 6, words.count > dash + 1,
        words[dash + 1] == "cgroup2"
      else { return nil }
      let root = words[3] == "/" ? "" : words[3]
      guard path == root || path.hasPrefix(root + "/") else { return nil }
      let rest = path.dropFirst(root.count)
      return String(words[4]) + (rest == "/" ? "" : rest)
    }
  }

  /// What was mounted where may have been hidden since; this is the proof.
  private static func isWhereWeAre(_ folder: String) -> Bool {
    var status = statfs()
    guard statfs(folder, &status) == 0, status.f_type == 0x6367_7270 else { return false }
    return Cgroup(path: folder).members.contains(getpid())
  }

  /// Whether groups can be made below it that hold processes.
  private static func isOrdinary(_ folder: String) -> Bool {
    text(folder.appendingName("cgroup.type")) == "domain\n"
      && access(folder.appendingName("cgroup.kill"), F_OK) == 0
      && access(folder.appendingName("cgroup.procs"), W_OK) == 0
      && access(folder, W_OK) == 0
  }

  private static func isMarked(_ folder: String) -> Bool {
    ["user.delegate", "trusted.delegate"].contains { name in
      var value: UInt8 = 0
      return getxattr(folder, name, &value, 1) == 1 && value == UInt8(ascii: "1")
    }
  }

  private static func isWholeContainer(_ own: String) -> Bool {
    own == "/" && path(in: text("/proc/1/cgroup")) == "/"
  }

  private static func text(_ path: String) -> String {
    TextFile.bytes(of: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}
