@testable import SuperviseKit

/// A merger with a clock that the test moves, and its output as text.
struct MergerBench {
  var merger: LogMerger
  var now = ContinuousClock.Instant.now
  var stamp: LogStamp
  var out: [UInt8] = []
  /// How much room there is for each step; with little, a text is taken in many steps.
  var room = LogRing.slotSize

  init(terminal: Bool = false, colour: Bool = false, raw: Bool = false, json: Bool = false) {
    var style = LogStyle()
    style.time = false
    style.terminal = terminal
    style.colour = colour
    style.raw = raw
    style.form = json ? .json : .text
    merger = LogMerger(style, width: 8)
    stamp = LogStamp(style)
    if json { stamp.set(seconds: 0, nanoseconds: 123_000_000) }
  }

  mutating func open(_ name: String, _ channel: LogMerger.Channel = .output) -> Int {
    merger.open(name: name, kind: name, pid: 81, channel)
  }

  mutating func take(_ text: String, from stream: Int) { take(Array(text.utf8), from: stream) }

  mutating func take(_ bytes: [UInt8], from stream: Int) {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty {
        let before = out.count
        let taken = inBatch { bench, batch in
          bench.merger.take(rest, from: stream, at: bench.stamp, now: bench.now, into: &batch)
        }
        precondition(taken > 0 || out.count > before, "nothing found room in an empty batch")
        rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      }
    }
  }

  mutating func close(_ stream: Int) {
    let isClosed = inBatch { bench, batch in
      bench.merger.close(stream, at: bench.stamp, into: &batch)
    }
    precondition(isClosed, "there was room")
  }

  mutating func pass(_ time: Duration) {
    now += time
    inBatch { bench, batch in
      bench.merger.showUnfinished(at: bench.stamp, now: bench.now, into: &batch)
    }
  }

  private mutating func inBatch<Result>(
    _ body: (inout Self, inout LogBatch) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(byteCount: room, alignment: 16) { memory in
      var batch = LogBatch(memory)
      let result = body(&self, &batch)
      out += batch.bytes
      return result
    }
  }

  var text: String { String(decoding: out, as: UTF8.self) }
}
