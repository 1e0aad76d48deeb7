import CLinux
import Glibc

/// A process beside the supervisor that clears up if the supervisor is killed.
///
/// The kernel tells the children then, and workers finish what they have in hand; but one that does
/// not listen, and whatever has left its process group, would live on. The guard sleeps on the
/// lifeline meanwhile, and takes no part in anything else.
final class ProcessGuard {
  /// Its pid, so that it is not taken for a child.
  private(set) var pid: pid_t
  private let lifeline: Descriptor
  private let mark: String
  private let cgroups: CgroupTree?
  private let folder: String
  private let table: UnsafeMutablePointer<cel_guarded>
  private var vacant: [Int] = []
  private var places: [pid_t: Int] = [:]
  /// How often it may be ended by others until it is left at that.
  private var lives = 10
  private static let size = 8192

  /// - Parameters:
  ///   - lifeline: Where a pipe is read that ends with the supervisor.
  ///   - mark: How a variable begins that only the supervisor's descendants have.
  ///   - cgroups: Where its processes are, if it has made groups for them.
  ///   - folder: What it supervises, and where its socket is.
  init?(lifeline: Descriptor, mark: String, cgroups: CgroupTree?, folder: String) {
    // The end of the first process of a container is the end of all others already.
    guard getpid() != 1, let table = cel_guard_table(Int32(Self.size)) else { return nil }
    self.table = table
    self.lifeline = lifeline
    self.mark = mark
    self.cgroups = cgroups
    self.folder = folder
    pid = 0
    pid = start()
    guard pid > 0 else { return nil }
    vacant = Array((0..<Self.size).reversed())
  }

  private func start() -> pid_t {
    let socket = strdup(ControlAddress.path(in: folder))
    let lock = strdup(FolderLock.path(in: folder))
    let marked = strdup(mark)
    let cgroup = cgroups.flatMap { strdup($0.root.path) }
    defer { for text in [socket, lock, marked, cgroup] { free(text) } }
    var what = cel_guard()
    what.lifeline = lifeline.number
    what.mark = UnsafePointer(marked)
    what.groups = table
    what.group_count = Int32(Self.size)
    what.socket = UnsafePointer(socket)
    what.lock = UnsafePointer(lock)
    what.cgroup = UnsafePointer(cgroup)
    what.cgroup_lock = cgroups?.lock.number ?? 0
    return cel_guard_start(&what)
  }

  /// - Parameters:
  ///   - group: A process group of the supervisor's.
  ///   - patience: How long its processes may take that know that they are to end.
  func watch(_ group: pid_t, patience: Duration) {
    guard let place = vacant.popLast() else { return }
    places[group] = place
    // The group last: with it the place is taken.
    table[place].patience = Int32(clamping: Int(patience / .milliseconds(1)))
    table[place].group = group
  }

  func unwatch(_ group: pid_t) {
    guard let place = places.removeValue(forKey: group) else { return }
    table[place].group = 0
    vacant.append(place)
  }

  /// Somebody has ended it; another one takes its place.
  ///
  /// - Returns: Whether there is one again.
  func hasEnded() -> Bool {
    lives -= 1
    pid = lives > 0 ? start() : 0
    return pid > 0
  }

  /// Nothing is left to be guarded.
  func dismiss() {
    guard pid > 0 else { return }
    kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
  }
}
