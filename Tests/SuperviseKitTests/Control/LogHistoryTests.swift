import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct LogHistoryTests {
  private func texts(_ history: LogHistory, last count: Int = 1000) -> [String] {
    history.lines(last: count).map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  private func note(
    _ text: String, _ channel: LogMerger.Channel = .output, pid: Int32 = 1,
    in history: inout LogHistory
  ) {
    Array(text.utf8).withUnsafeBytes {
      history.note(
        $0,
        .init(stream: .init(pid: pid, channel: channel), milliseconds: 5, count: $0.count))
    }
  }

  @Test func `lines are put together again, each stream for itself`() {
    var history = LogHistory()
    note("one\ntw", in: &history)
    note("err", .error, in: &history)
    note("o\nthree", in: &history)
    note("or\n", .error, in: &history)

    #expect(texts(history) == ["one", "two", "error", "three"])
    #expect(texts(history, last: 2) == ["error", "three"])
    #expect(history.lines(last: 2)[0].stream.channel == .error)
    #expect(texts(history, last: 0) == [])
  }

  @Test func `of a flood the end is kept, in whole lines`() {
    var history = LogHistory()
    for number in 0..<50_000 { note("line number \(number)\n", in: &history) }

    let kept = texts(history, last: .max)
    #expect(kept.count > 1500)
    #expect(kept.count < 10_000)
    #expect(kept == (50_000 - kept.count..<50_000).map { "line number \($0)" })
  }

  @Test func `of one large piece the end is kept, in whole lines`() {
    var history = LogHistory()
    note("before\n", in: &history)
    note((0..<20_000).map { "line number \($0)\n" }.joined(), in: &history)

    let kept = texts(history, last: .max)
    #expect(kept.count > 1000)
    #expect(kept == (20_000 - kept.count..<20_000).map { "line number \($0)" })
  }

  @Test func `lines of any cut are the lines of the whole`() {
    let text = (0..<400).map { "\($0) \(String(repeating: "x", count: $0 % 17))\n" }.joined()
    for size in [1, 2, 3, 7, 64, 1000] {
      var history = LogHistory()
      var rest = text[...]
      while !rest.isEmpty {
        note(String(rest.prefix(size)), in: &history)
        rest = rest.dropFirst(size)
      }

      #expect(texts(history, last: .max) == text.split(separator: "\n").map(String.init))
    }
  }

  @Test func `lines of one process and the one that replaces it stay apart`() {
    var history = LogHistory()
    note("the o", pid: 1, in: &history)
    note("the new ", pid: 2, in: &history)
    note("ld one\n", pid: 1, in: &history)
    note("one\n", pid: 2, in: &history)

    #expect(texts(history) == ["the old one", "the new one"])
  }

  @Test func `what has not ended is told apart, until its stream ends`() {
    var history = LogHistory()
    note("whole\nhalf", in: &history)
    note("error", .error, in: &history)
    #expect(history.tail.ended.map(\.bytes) == [Array("whole".utf8)])
    #expect(history.tail.unfinished.count == 2)

    history.end(.init(pid: 1, channel: .output), at: 6)
    history.end(.init(pid: 1, channel: .output), at: 7)
    history.end(.init(pid: 2, channel: .output), at: 7)
    #expect(texts(history) == ["whole", "half", "error"])
    #expect(history.tail.unfinished.map(\.bytes) == [Array("error".utf8)])

    note("another\n", pid: 2, in: &history)
    #expect(texts(history) == ["whole", "half", "another", "error"])
  }

  @Test func `of two streams only the one that was cut begins with half a line`() {
    var history = LogHistory()
    note(String(repeating: "x", count: 40_000), in: &history)
    note("an error\n", .error, in: &history)
    note("end\nnext\n", in: &history)

    #expect(texts(history) == ["an error", "next"])
  }
}
