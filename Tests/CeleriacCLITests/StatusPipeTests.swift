import Glibc
import TestSupport
import Testing

@testable import CeleriacCLI

@Suite(.timeLimit(.minutes(1)))
struct StatusPipeTests {
  private func pipeEnds() -> (reading: Int32, writing: Int32) {
    var ends: [Int32] = [0, 0]
    precondition(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }

  private func text(from descriptor: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self)
  }

  @Test func `a supervisor hears one line for each word`() {
    let ends = pipeEnds()
    defer { close(ends.reading) }
    defer { close(ends.writing) }
    let status = StatusPipe(
      Supervision(environment: ["SUPERVISE_STATUS_FD": "\(ends.writing)"]))

    status.ready()
    status.status("two\nlines")
    status.busy(3)
    status.stopping()

    #expect(text(from: ends.reading) == "READY=1\nSTATUS=two lines\nBUSY=3\nSTOPPING=1\n")
    #expect(fcntl(ends.writing, F_GETFD) == FD_CLOEXEC)
  }

  @Test func `a supervisor that is gone ends nothing`() {
    let ends = pipeEnds()
    defer { close(ends.writing) }
    let status = StatusPipe(
      Supervision(environment: ["SUPERVISE_STATUS_FD": "\(ends.writing)"]))
    close(ends.reading)

    // The signal of a broken pipe would end this process.
    status.ready()
  }

  @Test func `a supervisor that does not read holds up nothing`() {
    let ends = pipeEnds()
    defer { close(ends.reading) }
    defer { close(ends.writing) }
    let status = StatusPipe(
      Supervision(environment: ["SUPERVISE_STATUS_FD": "\(ends.writing)"]))

    for count in 0..<20_000 { status.busy(count) }
  }

  @Test(arguments: ["@celeriac-test-\(getpid())", "/tmp/celeriac-test-\(getpid()).notify"])
  func `systemd hears one datagram for each word`(path: String) throws {
    let address = try #require(SocketAddress(path: path))
    let receiver = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(receiver) }
    defer { if path.hasPrefix("/") { unlink(path) } }
    address.withPointer { pointer, length in
      #expect(bind(receiver, pointer, length) == 0)
    }
    let status = StatusPipe(Supervision(environment: ["NOTIFY_SOCKET": path]))

    status.ready()
    status.busy(1)

    #expect(text(from: receiver) == "READY=1")
    #expect(text(from: receiver) == "BUSY=1")
  }

  @Test(arguments: [
    [:], ["SUPERVISE_STATUS_FD": "2"], ["SUPERVISE_STATUS_FD": "9999"],
    ["SUPERVISE_STATUS_FD": "x"], ["NOTIFY_SOCKET": "/nowhere/at/all"],
    ["NOTIFY_SOCKET": "relative"],
  ])
  func `without anybody to hear it, nothing is said`(environment: [String: String]) {
    StatusPipe(Supervision(environment: environment)).ready()
  }

  @Test func `busy is told at most ten times a second, and the last word always`() async throws {
    let ends = pipeEnds()
    defer { close(ends.reading) }
    defer { close(ends.writing) }
    let reporter = BusyReporter(
      StatusPipe(Supervision(environment: ["SUPERVISE_STATUS_FD": "\(ends.writing)"])))
    _ = fcntl(ends.reading, F_SETFL, O_NONBLOCK)

    for count in (0..<1000).reversed() { reporter.report(count) }

    var heard = ""
    let isHeard = try await eventually {
      heard += text(from: ends.reading)
      return heard.hasSuffix("BUSY=0\n")
    }
    #expect(isHeard)
    #expect(heard.split(separator: "\n").count <= 3)
  }

  @Test func `the lifeline ends with the supervisor`() async throws {
    let ends = pipeEnds()
    let lifeline = try #require(Lifeline(ends.reading))

    close(ends.writing)

    await lifeline.end()
  }
}
