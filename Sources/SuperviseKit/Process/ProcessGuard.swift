import CLinux
import Glibc

/// A process beside the supervisor that clears up if the supervisor is killed.
///
/// The kernel tells the children then, and workers finish what they have in hand; but one that does
/// not listen, and whatever has left its process group, would live on. The guard sleeps on the
/// lifeline meanwhile, and takes no part in anything else.
final class ProcessGuard {
  /// Its pid, so that it is not taken for a child; 0 where none could be started.
  let pid: pid_t
  private let table: UnsafeMutablePointer<Int32>
  private var free: [Int] = []
  private var places: [pid_t: Int] = [:]
  private static let size = 8192

  /// - Parameters:
  ///   - lifeline: Where a pipe is read that ends with the supervisor.
  ///   - mark: How a variable begins that only the supervisor's descendants have.
  ///   - patience: How long those may take that know that they are to end.
  init?(lifeline: Descriptor, mark: String, patience: Duration) {
    // The end of the first process of a container is the end of all others already.
    guard getpid() != 1, let table = cel_guard_table(Int32(Self.size)) else { return nil }
    self.table = table
    pid = mark.withCString { mark in
      var what = cel_guard(
        lifeline: lifeline.number, mark: mark, groups: table, group_count: Int32(Self.size),
        patience: Int32(clamping: Int(patience / .milliseconds(1))))
      return cel_guard_start(&what)
    }
    guard pid > 0 else { return nil }
    free = Array((0..<Self.size).reversed())
  }

  func watch(_ group: pid_t) {
    guard let place = free.popLast() else { return }
    places[group] = place
    table[place] = group
  }

  func unwatch(_ group: pid_t) {
    guard let place = places.removeValue(forKey: group) else { return }
    table[place] = 0
    free.append(place)
  }

  /// Nothing is left to be guarded.
  func dismiss() {
    kill(pid, SIGKILL)
    while waitpid(pid, nil, 0) < 0, errno == EINTR {}
  }
}
