internal import CLinux
internal import Glibc

/// A control group of the tests' own, in which a `supervise` is started.
package final class DelegatedCgroup {
  package struct Unavailable: Error {}

  package let path: String

  /// Makes one, with the attribute by which systemd says that it is delegated, or with nil without.
  package init(mark: String? = "user.delegate") throws {
    guard let parent = Self.own else { throw Unavailable() }
    path = "\(parent)/supervise-test-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    guard mkdir(path, 0o755) == 0 else { throw Unavailable() }
    guard let mark else { return }
    guard setxattr(path, mark, "1", 1, 0) == 0 else { throw Unavailable() }
  }

  deinit {
    write("1", to: "cgroup.kill")
    for _ in 0..<1000 {
      for name in groups {
        for inner in Self.folders(in: path + "/" + name) { rmdir("\(path)/\(name)/\(inner)") }
        rmdir(path + "/" + name)
      }
      if rmdir(path) == 0 || errno == ENOENT { return }
      usleep(1000)
    }
  }

  /// Whether a process can be put into a group that is made here and killed with it.
  package static let canBeMade: Bool = {
    guard let group = try? DelegatedCgroup() else { return false }
    return access(group.path + "/cgroup.kill", W_OK) == 0
      && Supervised.succeeds(group.entering + ["true"])
  }()

  /// And whether a container can be made whose root it is.
  package static let canBeContainer =
    canBeMade && Supervised.succeeds(namespace + ["mount", "-t", "cgroup2", "none", "/mnt"])

  /// In front of a command that is to run in it.
  package var entering: [String] {
    ["sh", "-c", "echo 0 >\(path)/cgroup.procs; exec \"$@\"", "sh"]
  }

  /// In front of a command that is to be the first process of a container whose root it is.
  package var asContainer: [String] {
    let script = "mount -t cgroup2 none /mnt; exec \"$@\""
    return entering + Self.namespace + ["sh", "-c", script, "sh"]
  }

  private static let namespace = [
    "unshare", "--cgroup", "--pid", "--fork", "--mount-proc", "--kill-child",
  ]

  /// The groups below it, by name.
  package var groups: [String] { Self.folders(in: path) }

  /// The names of the groups of processes, in the only supervisor's that there is.
  package var groupsOfProcesses: [String] {
    groups.count == 1 ? Self.folders(in: path + "/" + groups[0]) : []
  }

  private func write(_ text: String, to name: String) {
    let file = open(path + "/" + name, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = Glibc.write(file, text, text.utf8.count)
    close(file)
  }

  private static func folders(in path: String) -> [String] {
    Supervised.names(in: path).filter { name in
      var status = stat()
      return stat(path + "/" + name, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }.sorted()
  }

  /// The folder of the group that the tests are in.
  private static let own: String? = {
    let groups = String(decoding: Supervised.contents("/proc/self/cgroup"), as: UTF8.self)
    let mounts = String(decoding: Supervised.contents("/proc/self/mounts"), as: UTF8.self)
    let mount = mounts.split(separator: "\n").map { $0.split(separator: " ") }
      .first { $0.count > 2 && $0[2] == "cgroup2" }
    let path = groups.split(separator: "\n").first { $0.hasPrefix("0::/") }?.dropFirst(3)
    guard let mount, let path else { return nil }
    return String(mount[1]) + (path == "/" ? "" : path)
  }()
}
