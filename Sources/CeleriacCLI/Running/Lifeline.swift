import CeleriacCore
import Glibc

/// The pipe that a supervisor holds open as long as it lives.
///
/// A thread of its own waits in `read`: a pipe that was hung up is a state, not an event, and a
/// dispatch source on one can fire again after its end.
struct Lifeline: Sendable {
  private let ended: AsyncStream<Never>

  /// Begins to watch; nil when there is no such descriptor, or no thread to be had.
  init?(_ descriptor: Int32) {
    guard fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0 else { return nil }
    let (stream, continuation) = AsyncStream.makeStream(of: Never.self)
    do {
      try DetachedThread.start("lifeline") {
        var byte: UInt8 = 0
        // Nobody writes into it: reading ends when its last writer is gone.
        while true {
          let count = read(descriptor, &byte, 1)
          guard count > 0 || (count < 0 && errno == EINTR) else { break }
        }
        continuation.finish()
      }
    } catch {
      return nil
    }
    ended = stream
  }

  /// Returns when the supervisor is gone, or the task is cancelled.
  func end() async {
    for await _ in ended {}
  }
}
