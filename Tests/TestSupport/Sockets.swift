internal import Glibc

/// A port on the loopback address that nobody listens on.
public enum FreePort {
  /// Finds one.
  public static func find() throws -> Int {
    let listener = try Listener(.tcp)
    return listener.port
  }
}

/// A socket that listens, accepts in the kernel's queue, and never says a word.
public final class Listener: Sendable {
  /// What it listens on.
  public enum Place: Sendable {
    /// A free port on the loopback address.
    case tcp
  }

  /// The port.
  public let port: Int
  private let descriptor: Int32

  /// Begins to listen.
  public init(_ place: Place) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let code = withUnsafeMutableBytes(of: &address) { bytes in
      let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress
      guard let pointer, bind(descriptor, pointer, length) == 0, listen(descriptor, 16) == 0 else {
        return errno
      }
      return getsockname(descriptor, pointer, &length)
    }
    guard code == 0 else {
      close(descriptor)
      throw RedisServer.Failure(description: "listen: \(String(cString: strerror(code)))")
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit {
    close(descriptor)
  }
}

/// The least of a client, to see whether a server is there without the client under test.
enum RawRedis {
  static func answers(_ path: String, password: String?) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    guard connect(descriptor, to: path) else { return false }
    let commands = (password.map { "AUTH \($0)\r\n" } ?? "") + "PING\r\n"
    guard write(descriptor, commands, commands.utf8.count) == commands.utf8.count else {
      return false
    }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(descriptor, &chunk, chunk.count)
      guard count > 0 else { return false }
      answer += chunk.prefix(count)
      let text = String(decoding: answer, as: UTF8.self)
      if text.hasSuffix("+PONG\r\n") { return true }
      if text.contains("-") { return false }
    }
  }

  private static func connect(_ descriptor: Int32, to path: String) -> Bool {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let capacity = MemoryLayout.size(ofValue: address.sun_path)
    guard path.utf8.count < capacity else { return false }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    return withUnsafeBytes(of: &address) { bytes in
      guard let pointer = bytes.assumingMemoryBound(to: sockaddr.self).baseAddress else {
        return false
      }
      return Glibc.connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
    }
  }
}
