/// Weaves the output of many processes into one stream of whole lines.
///
///     12:03:07.123 worker.2 | text
///     12:03:07.124 worker.2 ! text from its standard error
///     12:03:07.125 worker.2 |+ the rest of a line that was shown or cut before
///
/// It works on bytes: nothing in here makes a `String` of a line. A pure value; the caller reads
/// the pipes, says what time it is and writes what comes out.
package struct LogMerger: Sendable {
  package typealias Instant = ContinuousClock.Instant
  package typealias StreamID = Int

  package enum Channel: Sendable, Equatable {
    case output, error
  }

  /// How long an unfinished line waits for its end before a person is shown it.
  static let patience = Duration.milliseconds(200)
  /// A longer line is cut.
  static let longest = 64 * 1024

  struct Stream: Sendable {
    var prefix: LogPrefix
    /// What has come of a line that has not ended.
    var held: [UInt8] = []
    /// How much of `held` is on the terminal already.
    var shown = 0
    /// The next piece continues a line whose beginning is out.
    var continues = false
    var showAt: Instant?
    /// The end of what it said, for the message when it is given up on.
    var recent = RecentLines()
  }

  let style: LogStyle
  let width: Int
  var streams: [StreamID: Stream] = [:]
  private var nextID = 0
  /// The stream whose unfinished line the terminal's cursor stands in.
  var cursor: StreamID?

  /// A merger for names of up to `width` characters.
  package init(_ style: LogStyle, width: Int) {
    self.style = style
    self.width = width
  }

  /// Announces a source of lines.
  package mutating func open(
    name: String, kind: String, pid: Int32, _ channel: Channel
  ) -> StreamID {
    nextID += 1
    let prefix = LogPrefix(
      name: name, kind: kind, pid: pid, channel: channel, style: style, width: width)
    streams[nextID] = Stream(prefix: prefix)
    return nextID
  }

  /// Takes in what a stream has said, and puts the lines it completes into `out`.
  package mutating func take(
    _ bytes: UnsafeRawBufferPointer, from id: StreamID, at stamp: borrowing LogStamp,
    now: Instant, into out: inout [UInt8]
  ) {
    guard let index = streams.index(forKey: id) else { return }
    var rest = bytes
    if style.terminal, cursor != nil, cursor != id, rest.contains(0x0A) {
      leaveCursor(into: &out)
    }
    if !streams.values[index].held.isEmpty || streams.values[index].continues {
      rest = finishHeld(with: bytes, index, id, at: stamp, into: &out)
    }
    streams.values[index].recent.note(bytes)
    streams.values[index].prefix.lines(of: &rest, at: stamp, style: style, into: &out)
    guard !rest.isEmpty else { return }
    hold(rest, index, id, at: stamp, now: now, into: &out)
  }

  /// Nothing more comes from this stream: what it left without a line end is a line.
  package mutating func close(
    _ id: StreamID, at stamp: borrowing LogStamp, into out: inout [UInt8]
  ) {
    guard let index = streams.index(forKey: id) else { return }
    if !streams.values[index].held.isEmpty {
      if cursor != id { leaveCursor(into: &out) }
      let end: [UInt8] = [0x0A]
      _ = end.withUnsafeBytes { finishHeld(with: $0, index, id, at: stamp, into: &out) }
    }
    if cursor == id { cursor = nil }
    streams[id] = nil
  }

  /// The last lines of a stream, for a heading that repeats them.
  package func recentLines(_ id: StreamID) -> [[UInt8]] {
    streams[id]?.recent.lines ?? []
  }

  /// When `showUnfinished` is due.
  package var deadline: Instant? {
    style.terminal ? streams.values.lazy.compactMap(\.showAt).min() : nil
  }

  /// Shows a person the unfinished lines that have waited long enough: prompts, progress.
  package mutating func showUnfinished(
    at stamp: borrowing LogStamp, now: Instant, into out: inout [UInt8]
  ) {
    for id in streams.keys.sorted() {
      guard let index = streams.index(forKey: id), let due = streams.values[index].showAt,
        now >= due
      else { continue }
      streams.values[index].showAt = nil
      show(index, id, at: stamp, into: &out)
    }
  }

  /// The end of a line that another stream's text is about to interrupt.
  mutating func leaveCursor(into out: inout [UInt8]) {
    guard let id = cursor, let index = streams.index(forKey: id) else { return }
    cursor = nil
    if style.colour { out += LogPrefix.reset }
    out.append(0x0A)
    streams.values[index].held.removeFirst(streams.values[index].shown)
    streams.values[index].shown = 0
    streams.values[index].continues = true
  }

  /// Completes the held piece from the beginning of `bytes`; the rest is returned.
  private mutating func finishHeld(
    with bytes: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID,
    at stamp: borrowing LogStamp, into out: inout [UInt8]
  ) -> UnsafeRawBufferPointer {
    guard let end = bytes.firstLineEnd else { return bytes }
    let piece = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    streams.values[index].showAt = nil
    var line = streams.values[index].held
    streams.values[index].held.removeAll(keepingCapacity: true)
    line.append(contentsOf: piece)
    if cursor == id {
      cursor = nil
      let shown = streams.values[index].shown
      line.withUnsafeBytes {
        LogText.append(
          UnsafeRawBufferPointer(rebasing: $0[shown...]).withoutReturn, style: style, into: &out)
      }
      out.append(0x0A)
    } else {
      // What was shown or cut before may have been all of the line but its end.
      let continues = streams.values[index].continues
      if !(continues && line.isEmpty) {
        line.withUnsafeBytes {
          streams.values[index].prefix.line(
            $0, at: stamp, continues ? .rest : .whole, style: style, into: &out)
        }
      }
    }
    streams.values[index].shown = 0
    streams.values[index].continues = false
    return UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
  }

  /// Keeps what has no line end yet; a line that grows too long is cut into marked pieces.
  private mutating func hold(
    _ rest: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID,
    at stamp: borrowing LogStamp, now: Instant, into out: inout [UInt8]
  ) {
    streams.values[index].held.append(contentsOf: rest)
    if streams.values[index].held.count >= Self.longest {
      leaveCursor(into: &out)
      let piece = streams.values[index].held
      let mark: LogPrefix.Piece = streams.values[index].continues ? .middle : .beginning
      piece.withUnsafeBytes {
        streams.values[index].prefix.line($0, at: stamp, mark, style: style, into: &out)
      }
      streams.values[index].held.removeAll(keepingCapacity: true)
      streams.values[index].continues = true
      streams.values[index].showAt = nil
    } else if style.terminal, streams.values[index].showAt == nil {
      streams.values[index].showAt = now + Self.patience
    }
  }

  private mutating func show(
    _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID, at stamp: borrowing LogStamp,
    into out: inout [UInt8]
  ) {
    let held = streams.values[index].held
    let whole = LogText.completeLength(held)
    if cursor == id {
      let new = held[streams.values[index].shown..<max(whole, streams.values[index].shown)]
      new.withUnsafeBytes { LogText.append($0, style: style, into: &out) }
    } else {
      leaveCursor(into: &out)
      streams.values[index].prefix.begin(
        at: stamp, continues: streams.values[index].continues, into: &out)
      held[..<whole].withUnsafeBytes { LogText.append($0, style: style, into: &out) }
      cursor = id
    }
    streams.values[index].shown = max(whole, streams.values[index].shown)
  }
}
