import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct CgroupDelegationTests {
  @Test(arguments: [
    ("0::/\n", "/"),
    ("0::/system.slice/shop.service\n", "/system.slice/shop.service"),
    ("4:memory:/here\n1:name=systemd:/there\n0::/everywhere\n", "/everywhere"),
    ("4:memory:/here\n", nil),
    ("", nil),
    // Outside of what the namespace shows.
    ("0::\n", nil),
  ])
  func `the own group is that of version 2`(text: String, path: String?) {
    #expect(CgroupDelegation.path(in: text) == path)
  }

  private static let mounts = """
    22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
    30 22 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate
    31 22 0:26 /a/b /srv/bound rw - cgroup2 none rw
    32 22 0:26 /../.. /mnt/outside rw - cgroup2 none rw
    33 22 0:27 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
    34 22 0:28
    """

  @Test(arguments: [
    ("/", ["/sys/fs/cgroup"]),
    ("/a", ["/sys/fs/cgroup/a"]),
    ("/a/b", ["/sys/fs/cgroup/a/b", "/srv/bound"]),
    ("/a/b/c", ["/sys/fs/cgroup/a/b/c", "/srv/bound/c"]),
    ("/a/bc", ["/sys/fs/cgroup/a/bc"]),
  ])
  func `a group is found wherever its file system is mounted`(path: String, folders: [String]) {
    #expect(CgroupDelegation.folders(of: path, mounts: Self.mounts) == folders)
  }
}
