internal import CeleriacCore
internal import Glibc
internal import Synchronization

/// One search for a server's address; who drops it hears nothing more.
///
/// Looking up a name may take seconds, and hiredis would do it on the I/O thread, where leases are
/// renewed. So names are looked up on a thread that lives for that only; addresses and socket files
/// need none. Later attempts take the name's other addresses in turn.
final class Resolution {
  private let subject: String
  private let attempt: Int
  private let deliver: (Result<ServerAddress, RedisError>) -> Void

  init(
    of url: RedisURL, attempt: Int, on loop: IOLoop,
    _ deliver: @escaping (Result<ServerAddress, RedisError>) -> Void
  ) {
    self.subject = url.description
    self.attempt = attempt
    self.deliver = deliver
    switch url.endpoint {
    case .unix(let path):
      finishLater(.unix(path: path), on: loop)
    case .tcp(let host, let port):
      if let literal = NameLookup.addresses(of: host, flags: AI_NUMERICHOST).addresses.first {
        finishLater(.ip(literal, port: port), on: loop)
      } else {
        lookUp(host, port, on: loop)
      }
    }
  }

  private func finishLater(_ address: ServerAddress, on loop: IOLoop) {
    _ = loop.schedule(after: .zero) { [weak self] _ in self?.deliver(.success(address)) }
  }

  private func lookUp(_ host: String, _ port: Int, on loop: IOLoop) {
    let answer = loop.callable { [weak self] (lookup: NameLookup) in
      guard let self else { return }
      guard !lookup.addresses.isEmpty else {
        let detail = "cannot find '\(host)': \(lookup.failure)"
        deliver(.failure(RedisError(.connectionLost, subject, detail)))
        return
      }
      let address = lookup.addresses[(attempt - 1) % lookup.addresses.count]
      deliver(.success(.ip(address, port: port)))
    }
    do throws(ThreadError) {
      try DetachedThread.start("celeriac-dns") {
        answer(NameLookup.addresses(of: host, flags: AI_ADDRCONFIG))
      }
    } catch {
      answer(NameLookup(addresses: [], failure: error.description))
    }
  }
}

/// What a name stands for.
struct NameLookup: Sendable {
  /// The addresses as text, those of version 4 first: servers that listen on both are rare.
  let addresses: [String]
  let failure: String

  /// Asks the system; may take seconds unless the flags say `AI_NUMERICHOST`.
  static func addresses(of host: String, flags: Int32) -> NameLookup {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = flags
    var list: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, nil, &hints, &list)
    guard code == 0 else {
      return NameLookup(addresses: [], failure: String(cString: gai_strerror(code)))
    }
    defer { freeaddrinfo(list) }
    let infos = sequence(first: list, next: { $0?.pointee.ai_next }).compactMap { $0?.pointee }
    let sorted = infos.filter { $0.ai_family == AF_INET } + infos.filter { $0.ai_family != AF_INET }
    return NameLookup(addresses: sorted.compactMap(text), failure: "no address")
  }

  private static func text(of info: addrinfo) -> String? {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(NI_MAXHOST)) { buffer in
      let code = getnameinfo(
        info.ai_addr, info.ai_addrlen, buffer.baseAddress, socklen_t(buffer.count), nil, 0,
        NI_NUMERICHOST)
      guard code == 0, let start = buffer.baseAddress else { return nil }
      return String(cString: start)
    }
  }
}
