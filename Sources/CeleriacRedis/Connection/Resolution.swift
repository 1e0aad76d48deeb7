internal import Glibc

/// One search for a server's address; who drops it hears nothing more.
///
/// Looking up a name may take seconds and hiredis would do it on the I/O thread, where leases are
/// renewed. So names are looked up on a thread that lives for that only; addresses and socket files
/// need none.
final class Resolution {
  private let deliver: (Result<ServerAddress, RedisError>) -> Void

  init(
    of endpoint: RedisURL.Endpoint, attempt: Int, in loop: IOLoop,
    _ deliver: @escaping (Result<ServerAddress, RedisError>) -> Void
  ) {
    self.deliver = deliver
    switch endpoint {
    case .unix(let path):
      finishLater(.success(.unix(path: path)), in: loop)
    case .tcp(let host, let port):
      finishLater(.success(.ip(host, port: port)), in: loop)
    }
  }

  private func finishLater(_ result: Result<ServerAddress, RedisError>, in loop: IOLoop) {
    _ = loop.schedule(after: .zero) { [weak self] _ in self?.deliver(result) }
  }
}
