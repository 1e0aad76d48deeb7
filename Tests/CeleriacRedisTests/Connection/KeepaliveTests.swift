import CeleriacCore
import Glibc
import TestSupport
import Testing

@testable import CeleriacRedis

/// How soon a connection that is half open is found out, without a command.
@Suite(.timeLimit(.minutes(1)))
struct KeepaliveTests {
  @Test func `the kernel probes an idle connection within two seconds`() async throws {
    let server = try await RedisServer.start(.tcp)
    let port = try #require(server.port)
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(server.url)), on: try IOThread())
    _ = try await connection.send(RedisCommand("PING"))

    let timers = TCPTimer.all(to: port)

    // In hundredths of a second.
    #expect(timers.contains { $0.isKeepalive && $0.left <= 200 }, "\(timers)")
  }
}

/// What the kernel waits for at a connection: a line of /proc/net/tcp.
private struct TCPTimer {
  let isKeepalive: Bool
  let left: Int

  static func all(to port: Int) -> [TCPTimer] {
    let hexadecimal = String(port, radix: 16, uppercase: true)
    let end = ":" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
    return lines.compactMap { line in
      let fields = line.split(separator: " ")
      guard fields.count > 5, fields[2].hasSuffix(end) else { return nil }
      let timer = fields[5].split(separator: ":")
      guard timer.count == 2, let left = Int(timer[1], radix: 16) else { return nil }
      return TCPTimer(isKeepalive: timer[0] == "02", left: left)
    }
  }

  private static var lines: [Substring] {
    guard let file = fopen("/proc/net/tcp", "r") else { return [] }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 20)
    let count = fread(&bytes, 1, bytes.count, file)
    return String(decoding: bytes[..<count], as: UTF8.self).split(separator: "\n")
  }
}
