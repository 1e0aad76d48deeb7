import Glibc
import Synchronization

/// Counts executed tasks into a file, one byte each.
///
/// A task costs an atomic addition. The first of a burst wakes the thread that writes; then that
/// rests for a while, so that a burst's bytes share a system call.
final class Progress: Sendable {
  private static let rest: UInt32 = 5_000  // microseconds

  private let pending = Atomic(0)
  private let file: Int32
  private let wakeEnd: Int32
  private let sleepEnd: Int32

  init(path: String) {
    file = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
    precondition(file >= 0, "BENCH_PROGRESS cannot be opened")
    var ends: [Int32] = [-1, -1]
    precondition(pipe(&ends) == 0, "no pipe for the progress file")
    (sleepEnd, wakeEnd) = (ends[0], ends[1])
  }

  /// Starts the thread that writes; it ends with the process.
  func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(
      &thread, nil,
      { context in
        guard let context else { return nil }
        Unmanaged<Progress>.fromOpaque(context).takeRetainedValue().write()
      }, context)
    precondition(code == 0, "no thread for the progress file")
  }

  /// Notes that a task has run.
  func mark() {
    if pending.add(1, ordering: .relaxed).oldValue == 0 { _ = Glibc.write(wakeEnd, ".", 1) }
  }

  private func write() -> Never {
    var byte: UInt8 = 0
    while true {
      _ = read(sleepEnd, &byte, 1)
      let bytes = [UInt8](
        repeating: UInt8(ascii: "."), count: pending.exchange(0, ordering: .relaxed))
      _ = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      usleep(Self.rest)
    }
  }
}
