import Glibc

/// A call of the system that failed.
struct SystemFailure: Error, CustomStringConvertible {
  let description: String
}

/// Calls for local sockets.
enum UnixSocket {
  static func listen(at path: String) throws -> Int32 {
    unlink(path)
    let descriptor = make()
    guard address(path, { bind(descriptor, $0, $1) }) == 0, Glibc.listen(descriptor, 512) == 0
    else {
      close(descriptor)
      throw SystemFailure(description: "listen: \(String(cString: strerror(errno)))")
    }
    return descriptor
  }

  /// A connection that does not block; nil when nobody listens.
  static func connect(to path: String) -> Int32? {
    let descriptor = make()
    guard address(path, { Glibc.connect(descriptor, $0, $1) }) == 0 else {
      close(descriptor)
      return nil
    }
    unblock(descriptor)
    return descriptor
  }

  static func unblock(_ descriptor: Int32) {
    _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
  }

  /// The process at the other end.
  static func peer(of descriptor: Int32) -> pid_t {
    // Process, user and group.
    var credentials: (pid_t, uid_t, gid_t) = (0, 0, 0)
    var length = socklen_t(MemoryLayout.size(ofValue: credentials))
    getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &length)
    return credentials.0
  }

  private static func make() -> Int32 {
    socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  }

  private static func address(
    _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    precondition(path.utf8.count < capacity, "the path of a socket is short")
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
  }
}

/// One connection that is asked and answers, with the asking thread waiting.
final class PlainClient {
  private let descriptor: Int32

  init?(_ path: String) {
    guard let descriptor = UnixSocket.connect(to: path) else { return nil }
    self.descriptor = descriptor
  }

  deinit {
    close(descriptor)
  }

  /// The first integer of the reply; nil when the server does not answer in half a second.
  func ask(_ words: [String]) -> Int? {
    reply(to: words).map { Self.integer(in: $0) }
  }

  /// The reply's bytes.
  func reply(to words: [String]) -> [UInt8]? {
    var command = "*\(words.count)\r\n"
    for word in words { command += "$\(word.utf8.count)\r\n\(word)\r\n" }
    let bytes = Array(command.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else {
      return nil
    }
    var replies = RESPStream()
    while true {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 500) == 1 else { return nil }
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &buffer, buffer.count, 0)
      guard count > 0 else { return nil }
      replies.append(buffer[..<count])
      if let reply = replies.next() { return reply }
    }
  }

  private static func integer(in reply: [UInt8]) -> Int {
    let lines = String(decoding: reply, as: UTF8.self).split(separator: "\r\n")
    for line in lines {
      guard let first = line.first, !"$*".contains(first) else { continue }
      return Int(first == ":" ? line.dropFirst() : line) ?? 0
    }
    return 0
  }
}
