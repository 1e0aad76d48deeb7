/// The end of what one process has written, for those who ask later.
///
/// Kept by the read, not by the line, so that a flood costs one copy of its last part. It outlives
/// the process: why the one before this one has died is what is asked for most.
struct LogHistory {
  /// The outcome of one read.
  struct Chunk {
    var stream: Stream
    /// Since 1970.
    var milliseconds: Int
    var count: Int
  }

  /// What one pipe brings: two processes share a history while one replaces the other.
  struct Stream: Hashable {
    var pid: Int32
    var channel: LogMerger.Channel
  }

  /// A line of the past; `bytes` without its end.
  struct Line: Equatable {
    var stream: Stream
    var milliseconds: Int
    var bytes: [UInt8]
  }

  /// The last lines in their order, and what has come so far of those that have not ended.
  struct Tail {
    var ended: [Line] = []
    var unfinished: [Line] = []
  }

  private static let kept = 32 << 10
  private var bytes: [UInt8] = []
  private var chunks: [Chunk] = []
  /// What was forgotten did not end with a line's end, so that the first piece is half a line.
  private var beginsInside = false

  mutating func note(_ new: UnsafeRawBufferPointer, _ chunk: Chunk) {
    guard !new.isEmpty else { return }
    var chunk = chunk
    if new.count >= Self.kept {
      bytes.removeAll(keepingCapacity: true)
      chunks.removeAll(keepingCapacity: true)
      beginsInside = new.count > Self.kept
      bytes.append(contentsOf: new.suffix(Self.kept))
      chunk.count = Self.kept
    } else {
      if bytes.count + new.count > 2 * Self.kept { forgetHalf() }
      bytes.append(contentsOf: new)
      chunk.count = new.count
    }
    chunks.append(chunk)
  }

  private mutating func forgetHalf() {
    var count = 0
    var index = 0
    while index < chunks.count, bytes.count - count > Self.kept {
      count += chunks[index].count
      index += 1
    }
    beginsInside = count > 0 && bytes[count - 1] != 0x0A
    bytes.removeFirst(count)
    chunks.removeFirst(index)
  }

  /// Ends what a stream has left unfinished; nothing more comes from there.
  mutating func end(_ stream: Stream, at milliseconds: Int) {
    var offset = bytes.count
    for chunk in chunks.reversed() {
      if chunk.stream == stream {
        guard bytes[offset - 1] != 0x0A else { return }
        return ([0x0A] as [UInt8]).withUnsafeBytes {
          note($0, Chunk(stream: stream, milliseconds: milliseconds, count: 1))
        }
      }
      offset -= chunk.count
    }
  }

  /// At most as many lines as are asked for, in their order; unfinished ones come last.
  func lines(last count: Int) -> [Line] {
    let tail = tail
    return Array((tail.ended + tail.unfinished).suffix(count))
  }

  var tail: Tail {
    var tail = Tail()
    var open: [Stream: Line] = [:]
    var offset = 0
    var half = beginsInside ? chunks.first?.stream : nil
    for chunk in chunks {
      var rest = bytes[offset..<offset + chunk.count]
      offset += chunk.count
      while let end = rest.firstIndex(of: 0x0A) {
        var line = open.removeValue(forKey: chunk.stream) ?? chunk.line
        line.bytes += rest[..<end]
        rest = rest[(end + 1)...]
        if half == chunk.stream { half = nil } else { tail.ended.append(line) }
      }
      if !rest.isEmpty { open[chunk.stream, default: chunk.line].bytes += rest }
    }
    tail.unfinished = open.values.sorted { $0.milliseconds < $1.milliseconds }
    return tail
  }
}

extension LogHistory.Chunk {
  fileprivate var line: LogHistory.Line {
    LogHistory.Line(stream: stream, milliseconds: milliseconds, bytes: [])
  }
}
