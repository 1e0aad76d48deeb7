internal import CLinux
internal import Glibc

/// A thread that runs one closure and ends.
package enum DetachedThread {
  private final class Start {
    let name: String
    let body: () -> Void

    init(name: String, body: @escaping () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a thread that takes no signals; a write to a broken socket there is an error, not a
  /// SIGPIPE.
  package static func start(
    _ name: String, _ body: sending @escaping () -> Void
  ) throws(RedisError) {
    let argument = Unmanaged.passRetained(Start(name: name, body: body))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        var all = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, nil)
        cel_name_thread(start.name)
        start.body()
        return nil
      }, argument.toOpaque())
    guard code == 0 else {
      argument.release()
      throw RedisError(.noResources, "thread", String(cString: strerror(code)))
    }
    pthread_detach(thread)
  }
}
