internal import CLinux
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
    let code = Self.startThread(Start(loop: IOLoop(epoll: epoll, inbox: inbox), name: name))
    guard code == 0 else {
      close(epoll)
      throw Self.failure("pthread_create", code)
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

extension IOThread {
  /// What a new thread takes over from the one that starts it.
  private final class Start {
    let loop: IOLoop
    let name: String

    init(loop: IOLoop, name: String) {
      self.loop = loop
      self.name = name
    }
  }

  private static func startThread(_ start: Start) -> Int32 {
    let argument = Unmanaged.passRetained(start)
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        cel_name_thread(start.name)
        IOThread.blockSignals()
        start.loop.run()
        return nil
      }, argument.toOpaque())
    if code == 0 { pthread_detach(thread) } else { argument.release() }
    return code
  }

  /// Leaves signals to other threads; a write to a broken socket is an error, not a SIGPIPE.
  private static func blockSignals() {
    var all = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, nil)
  }
}
