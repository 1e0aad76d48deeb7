import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct LogRingTests {
  private let ring = LogRing()

  /// As the loop does it, and false when there is no room.
  private func add(_ text: String, for use: LogRing.Use = .processes, isFull: Bool = false) -> Bool
  {
    guard var batch = ring.open(use) else { return false }
    var parts = [LogPart(file: 1, count: text.utf8.count)]
    batch.append(Array(text.utf8))
    ring.close(batch, &parts, isFull: isFull)
    return true
  }

  /// As the thread does it.
  private func take() -> String? {
    var parts: [LogPart] = []
    guard case .write(let bytes) = ring.take(&parts) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  @Test func `what comes while the thread is busy comes to it at once`() {
    #expect(add("one "))
    #expect(take() == "one ")
    #expect(add("two "))
    #expect(add("three "))
    ring.release(isBroken: false)

    #expect(take() == "two three ")
  }

  @Test func `the last slot is for the supervisor`() {
    for _ in 1..<LogRing.slotCount { #expect(add("x", isFull: true)) }

    #expect(!add("x"))
    #expect(add("own", for: .supervisor))
    #expect(!add("x"))
    #expect(add("own", for: .supervisor))
  }

  @Test func `room is told when half of it is back`() {
    while add("x\n", isFull: true) {}
    #expect(!ring.hasRoom)
    #expect(ring.lineCount == LogRing.slotCount - 1)

    for left in (LogRing.slotCount / 2 - 1..<LogRing.slotCount - 1).reversed() {
      #expect(take() == "x\n")
      #expect(ring.changed.readableCount == 0)
      ring.release(isBroken: false)
      #expect(ring.lineCount == left)
    }

    #expect(ring.hasRoom)
    #expect(add("x\n"))
  }

  @Test func `what is being written counts as far as it is not out`() {
    #expect(add("one\ntwo\nthree\n"))
    #expect(take() != nil)
    ring.progressed(to: 6)

    #expect(ring.lineCount == 2)
  }

  @Test func `without readers nothing is kept`() {
    #expect(add("one\n"))
    #expect(take() == "one\n")
    #expect(add("two\n"))
    ring.release(isBroken: true)

    #expect(ring.isBroken)
    #expect(ring.isDone)
    #expect(ring.lineCount == 0)
    #expect(!add("three\n"))
  }

  @Test func `the thread ends when all is written`() {
    #expect(add("one"))
    ring.end()
    #expect(take() == "one")
    ring.release(isBroken: false)
    #expect(take() == nil)
    #expect(!ring.isDone)
    ring.finish()

    #expect(ring.isDone)
  }
}
