import Glibc
import Testing

@testable import CeleriacCLI

/// What a log does whose reader is slow, or gone.
@Suite(.timeLimit(.minutes(1)))
struct LineWriterTests {
  private func line(_ number: Int) -> [UInt8] {
    Array("line \(number) \(String(repeating: "x", count: 80))\n".utf8)
  }

  @Test func `nobody waits for a reader that sleeps, and it misses nothing`() throws {
    let pipe = try LogPipe()
    let writer = LineWriter(pipe.writing)

    for number in 0..<5000 { writer.write(line(number)) }

    #expect(writer.takeLost() == 0)
    let expected = (0..<5000).flatMap(line)
    #expect(pipe.read(expected.count) == expected)
    writer.finish()
    writer.write(line(5000))
    #expect(pipe.read(line(5000).count) == line(5000), "it flows again")
  }

  @Test func `lines that are longer than a page wait for their reader elsewhere`() throws {
    let pipe = try LogPipe()
    let writer = LineWriter(pipe.writing)
    let long = [UInt8](repeating: UInt8(ascii: "y"), count: 200_000) + [10]

    writer.write(long)
    writer.write(line(1))

    #expect(pipe.read(long.count + line(1).count) == long + line(1))
  }

  @Test func `what nobody reads is counted, and told when somebody does`() throws {
    let pipe = try LogPipe()
    let writer = LineWriter(pipe.writing)
    let count = 3 * LineWriter.capacity / line(0).count

    for number in 0..<count { writer.write(line(number)) }
    #expect(writer.takeLost() == 0, "not before somebody reads")
    var read = 0
    while true {
      let bytes = pipe.readSome()
      read += bytes.count { $0 == 10 }
      let lost = writer.takeLost()
      guard lost > 0 else { continue }
      while read + lost < count { read += pipe.readSome().count { $0 == 10 } }
      #expect(read + lost == count)
      return
    }
  }

  @Test func `an end waits for a reader, but not for ever`() throws {
    let pipe = try LogPipe()
    let writer = LineWriter(pipe.writing)
    for number in 0..<5000 { writer.write(line(number)) }

    writer.finish(within: .milliseconds(50))

    #expect(pipe.read(line(0).count) == line(0))
  }

  @Test func `a reader that is gone is no trouble`() throws {
    let pipe = try LogPipe()
    signal(SIGPIPE, SIG_IGN)
    let writer = LineWriter(pipe.writing)
    pipe.closeReading()

    for number in 0..<100 { writer.write(line(number)) }

    writer.finish()
    #expect(writer.takeLost() == 0)
  }
}

/// A pipe, which holds 64 KiB.
private final class LogPipe {
  let writing: Int32
  private var reading: Int32

  init() throws {
    var ends: [Int32] = [0, 0]
    try #require(pipe(&ends) == 0)
    (reading, writing) = (ends[0], ends[1])
  }

  deinit {
    close(writing)
    closeReading()
  }

  func closeReading() {
    if reading >= 0 { close(reading) }
    reading = -1
  }

  /// Waits for so many bytes.
  func read(_ count: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < count { bytes += readSome(count - bytes.count) }
    return bytes
  }

  /// Waits for some bytes.
  func readSome(_ limit: Int = 65536) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: limit)
    let count = Glibc.read(reading, &chunk, limit)
    return Array(chunk.prefix(max(count, 0)))
  }
}
