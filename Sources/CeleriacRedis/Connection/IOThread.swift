internal import CLinux
internal import CeleriacCore
internal import Glibc
internal import Synchronization

/// A thread of its own for sockets and timers, which no task can starve.
///
/// It ends when the last reference to it goes.
package final class IOThread: Sendable {
  let inbox: IOInbox

  /// Starts a thread; `name` is what `top` shows, 15 bytes at most.
  package init(name: String = "celeriac-io") throws(RedisError) {
    let epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
    guard epoll >= 0 else { throw Self.failure("epoll_create1", errno) }
    let wakeup = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    guard wakeup >= 0 else {
      let reason = errno
      close(epoll)
      throw Self.failure("eventfd", reason)
    }
    inbox = IOInbox(descriptor: wakeup)
    let loop = IOLoop(epoll: epoll, inbox: inbox)
    do throws(ThreadError) {
      try DetachedThread.start(name) { loop.run() }
    } catch {
      close(epoll)
      throw RedisError(.noResources, "thread", error.reason)
    }
  }

  deinit {
    inbox.stop()
  }

  /// Runs `work` on the thread, after everything that was handed over before.
  package func perform(_ work: @escaping @Sendable (IOLoop) -> Void) {
    inbox.put(work)
  }

  /// Returns once everything that was handed over before has run.
  package func settle() async {
    await withCheckedContinuation { continuation in
      perform { _ in continuation.resume() }
    }
  }

  private static func failure(_ call: String, _ code: Int32) -> RedisError {
    RedisError(.noResources, "i/o thread", "\(call): \(String(cString: strerror(code)))")
  }
}
