import CLinux
import Glibc

/// No thread could be started.
struct ThreadError: Error, CustomStringConvertible {
  let code: Int32

  var description: String { "no thread for tasks: \(String(cString: strerror(code)))" }
}

/// A thread that runs one closure and ends.
enum PoolThread {
  private final class Start {
    let name: String
    let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
      self.name = name
      self.body = body
    }
  }

  /// Starts a thread that takes no signals: they are for those who wait for them.
  static func start(
    _ name: String, _ body: @escaping @Sendable () -> Void
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
      throw ThreadError(code: code)
    }
    pthread_detach(thread)
  }
}
