import CLinux
import Glibc
import Testing

@testable import SuperviseKit

/// A client of the control socket, in a time that the test makes.
@Suite(.timeLimit(.minutes(1)))
struct ControlConnectionTests {
  private let loop: EventLoop
  private let client: Descriptor
  private let connection: ControlConnection
  private let began = ContinuousClock.now

  init() throws {
    loop = try EventLoop(signals: [])
    var ends: [Int32] = [-1, -1]
    #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    client = Descriptor(ends[0])
    let other = Descriptor(ends[1])
    other.stopBlocking()
    connection = ControlConnection(other, loop: loop, now: began)
  }

  /// Lets it ask for something, and be heard.
  private func ask() {
    connection.onRequest = { [loop] _ in loop.stop() }
    _ = write(client.number, "{}\n", 3)
    loop.run()
  }

  @Test func `one that asks for nothing is let go after ten seconds`() {
    connection.timeIs(began + .seconds(9))
    #expect(!connection.isClosed)

    connection.timeIs(began + .seconds(10))
    #expect(connection.isClosed)
  }

  @Test func `one that follows in silence may stay for ever`() {
    ask()

    #expect(connection.deadline == nil)
    connection.timeIs(began + .seconds(1_000_000))
    #expect(!connection.isClosed)
  }

  @Test(arguments: ["{}\n", "{}"])
  func `one that has said all it has to say still gets its answer`(request: String) throws {
    var requests: [[UInt8]] = []
    connection.onRequest = { [loop] line in
      requests.append(line)
      loop.stop()
    }
    _ = write(client.number, request, request.utf8.count)
    shutdown(client.number, Int32(SHUT_WR))
    loop.run()

    #expect(requests == [Array("{}".utf8)])
    connection.answer(["ok": true])
    var answer = [UInt8](repeating: 0, count: 64)
    let count = read(client.number, &answer, answer.count)
    #expect(String(decoding: answer[..<max(count, 0)], as: UTF8.self) == "{\"ok\":true}\n")
  }

  @Test func `one that only listens is let go when it is gone`() throws {
    connection.onRequest = { _ in }
    connection.onClose = { [loop] in loop.stop() }
    _ = write(client.number, "{}\n", 3)
    shutdown(client.number, Int32(SHUT_WR))
    loop.afterRound = { [client, connection] in
      guard !connection.isClosed else { return }
      connection.send(["line": 1])
      connection.flush()
      shutdown(client.number, Int32(SHUT_RDWR))
    }
    loop.run()

    #expect(connection.isClosed)
  }

  @Test func `one that has read nothing for thirty seconds is let go, and that is told`() throws {
    var stalls = 0
    connection.onStalled = { stalls += 1 }
    ask()
    let line = [UInt8](repeating: 0x78, count: 64 << 10)
    // What the socket holds is not in the way; then it waits for the client.
    while connection.deadline == nil {
      connection.send(line)
      connection.flush()
    }
    let deadline = try #require(connection.deadline)

    connection.timeIs(deadline - .milliseconds(1))
    #expect(!connection.isClosed)
    connection.timeIs(deadline)

    #expect(connection.isClosed)
    #expect(stalls == 1)
    #expect((.seconds(29)...(.seconds(31))).contains(deadline - .now))
  }
}
