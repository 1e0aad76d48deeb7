internal import CLinux
internal import Glibc

/// A thread that runs one closure and ends: for what must not wait for Swift's shared pool.
package enum DetachedThread {
  private final class Start {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a thread that takes no signals: they are for those who wait for them, and a write to a
  /// broken socket there is an error, not a SIGPIPE.
  package static func start(
    _ name: String, _ body: sending @escaping () -> Void
  ) throws(ThreadError) {
    let argument = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    var all = sigset_t()
    var before = sigset_t()
    sigfillset(&all)
    pthread_sigmask(SIG_SETMASK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        cel_name_thread(start.name)
        start.body()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw ThreadError(reason: String(cString: strerror(code)))
    }
    pthread_detach(thread)
  }
}

/// The system gives no further thread.
package struct ThreadError: Error, CustomStringConvertible {
  /// What the system says.
  package let reason: String

  /// `no further thread: Resource temporarily unavailable`.
  package var description: String { "no further thread: \(reason)" }
}
