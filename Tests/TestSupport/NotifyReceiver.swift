internal import Glibc

/// Where a service manager listens for what its services say.
package final class NotifyReceiver {
  package struct Silence: Error, CustomStringConvertible {
    package let description: String
  }

  package let path: String
  private let descriptor: Int32
  /// The lines of each message so far.
  package private(set) var messages: [[String]] = []

  package init() throws {
    path = "/tmp/supervise-notify-\(getpid())-\(UInt32.random(in: 0 ... .max))"
    descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard result == 0 else { throw Silence(description: "cannot listen at \(path)") }
  }

  deinit {
    close(descriptor)
    unlink(path)
  }

  /// Waits for a message with all of these lines, and returns its lines.
  @discardableResult
  package func expect(
    _ lines: String..., within time: Duration = .seconds(20)
  ) throws -> [String] {
    let end = ContinuousClock.now + time
    while ContinuousClock.now < end {
      var poll = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      guard Glibc.poll(&poll, 1, 100) == 1 else { continue }
      var bytes = [UInt8](repeating: 0, count: 4096)
      let count = recv(descriptor, &bytes, bytes.count, 0)
      guard count > 0 else { continue }
      let message = String(decoding: bytes[..<count], as: UTF8.self)
        .split(separator: "\n").map(String.init)
      messages.append(message)
      if lines.allSatisfy(message.contains) { return message }
    }
    throw Silence(description: "no message with \(lines) among \(messages)")
  }
}
