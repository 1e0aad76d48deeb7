/// The end of what one process has written, for those who ask later.
///
/// Kept by the read, not by the line, so that a flood costs one copy of its last part. It outlives
/// the process: why the one before this one has died is what is asked for most.
struct LogHistory {
  /// The outcome of one read.
  struct Chunk {
    var channel: LogMerger.Channel
    var pid: Int32
    /// Since 1970.
    var milliseconds: Int
    var count: Int
  }

  /// A line of the past; `bytes` without its end.
  struct Line: Equatable {
    var channel: LogMerger.Channel
    var pid: Int32
    var milliseconds: Int
    var bytes: [UInt8]
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

  /// The last lines, in their order; an unfinished one of each stream comes last.
  func lines(last count: Int) -> [Line] {
    var lines: [Line] = []
    var open: [Bool: Line] = [:]
    var offset = 0
    var skipsFirst = beginsInside
    for chunk in chunks {
      var rest = bytes[offset..<offset + chunk.count]
      offset += chunk.count
      let isError = chunk.channel == .error
      while let end = rest.firstIndex(of: 0x0A) {
        var line = open.removeValue(forKey: isError) ?? chunk.line
        line.bytes += rest[..<end]
        rest = rest[(end + 1)...]
        if skipsFirst { skipsFirst = false } else { lines.append(line) }
      }
      if !rest.isEmpty { open[isError, default: chunk.line].bytes += rest }
    }
    lines += open.values.sorted { $0.milliseconds < $1.milliseconds }
    return Array(lines.suffix(count))
  }
}

extension LogHistory.Chunk {
  fileprivate var line: LogHistory.Line {
    LogHistory.Line(channel: channel, pid: pid, milliseconds: milliseconds, bytes: [])
  }
}
