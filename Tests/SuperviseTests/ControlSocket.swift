import Glibc
import TestSupport

/// A client as anybody could write it.
final class ControlSocket {
  private struct NotThere: Error {}

  private let number: Int32

  convenience init(_ run: Supervised) throws { try self.init(run.path(".supervise/sock")) }

  init(_ path: String) throws {
    number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard code == 0 else { throw NotThere() }
  }

  /// Sends one line, and returns all that comes back.
  func ask(_ line: String) -> String {
    say(line)
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(number, &part, part.count, 0)
      guard count > 0 else { break }
      answer += part[..<count]
    }
    Glibc.close(number)
    return String(decoding: answer, as: UTF8.self)
  }

  func say(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = send(number, bytes, bytes.count, Int32(MSG_NOSIGNAL))
  }

  /// All that comes, up to a text.
  func read(until text: String) -> String {
    var answer: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 1 << 16)
    while !String(decoding: answer.suffix(1 << 17), as: UTF8.self).has(text) {
      let count = recv(number, &part, part.count, 0)
      guard count > 0 else { break }
      answer += part[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }

  func close() { Glibc.close(number) }
}
