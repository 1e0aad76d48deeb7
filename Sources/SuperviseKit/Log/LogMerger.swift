/// Weaves the output of many processes into one stream of whole lines.
///
///     12:03:07.123 worker.2 | text
///     12:03:07.124 worker.2 ! text from its standard error
///     12:03:07.125 worker.2 |+ the rest of a line that was shown or cut before
///
/// It works on bytes: nothing in here makes a `String` of a line, or allocates for one. A pure
/// value; the caller reads the pipes, says what time it is, gives the memory for what comes out
/// and writes it.
package struct LogMerger: Sendable {
  package typealias Instant = ContinuousClock.Instant
  package typealias StreamID = Int

  package enum Channel: Sendable, Equatable {
    case output, error
  }

  /// How long an unfinished line waits for its end before a person is shown it.
  static let patience = Duration.milliseconds(200)
  /// How long one that is overwritten in place waits before it is drawn again.
  static let redrawPause = Duration.milliseconds(100)
  /// A longer line is cut.
  static let longest = 64 * 1024

  struct Stream: Sendable {
    var prefix: LogPrefix
    /// What has come of a line that has not ended; never longer than `longest`.
    var held: [UInt8] = []
    /// How much of `held` is on the terminal already.
    var shown = 0
    /// It is overwritten in place, as a progress bar is.
    var isRedrawn = false
    /// What is on the terminal has been overwritten by what is held.
    var isOverwritten = false
    /// A colour that was shown has not been taken back.
    var colourIsSet = false
    /// The next piece continues a line whose beginning is out.
    var continues = false
    var showAt: Instant?
    /// The end of what it said, for the message when it is given up on.
    var recent = RecentLines()

    var isWithinLine: Bool { continues || !held.isEmpty }
  }

  let style: LogStyle
  let width: Int
  var streams: [StreamID: Stream] = [:]
  private var nextID = 0
  /// The stream whose unfinished line the terminal's cursor stands in.
  var cursor: StreamID?
  /// How many lines have come out.
  private(set) package var lineCount = 0

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
  ///
  /// - Returns: How many of the bytes are taken care of: all of them, or less when there was no
  ///   more room in `out`. With an empty batch it always gets on.
  mutating func take(
    _ bytes: UnsafeRawBufferPointer, from id: StreamID, at stamp: borrowing LogStamp,
    now: Instant, into out: inout LogBatch
  ) -> Int {
    guard let index = streams.index(forKey: id) else { return bytes.count }
    if cursor != nil, cursor != id, bytes.firstLineEnd != nil, !leaveCursor(into: &out) {
      return 0
    }
    var rest = bytes
    var hasRoom = true
    while hasRoom, !rest.isEmpty, streams.values[index].isWithinLine {
      hasRoom = goOn(with: &rest, index, id, at: stamp, now: now, into: &out)
    }
    if hasRoom, !rest.isEmpty {
      hasRoom = streams.values[index].prefix.lines(
        of: &rest, at: stamp, style: style, count: &lineCount, into: &out)
    }
    if hasRoom, !rest.isEmpty {
      hold(rest, index, id, now: now)
      rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
    }
    let taken = bytes.count - rest.count
    streams.values[index].recent.note(UnsafeRawBufferPointer(rebasing: bytes[..<taken]))
    return taken
  }

  /// Nothing more comes from this stream: what it left without a line end is a line.
  ///
  /// - Returns: Whether there was room for it; if not, the stream is still open.
  mutating func close(
    _ id: StreamID, at stamp: borrowing LogStamp, into out: inout LogBatch
  ) -> Bool {
    guard let index = streams.index(forKey: id) else { return true }
    if !streams.values[index].held.isEmpty {
      let needed = streams.values[index].prefix.worst(streams.values[index].held.count, style)
      guard out.room >= needed + 16 else { return false }
      if cursor != id { _ = leaveCursor(into: &out) }
      finish(with: UnsafeRawBufferPointer(start: nil, count: 0), index, id, at: stamp, into: &out)
    }
    if cursor == id { cursor = nil }
    streams[id] = nil
    return true
  }

  /// The last lines of a stream, for a heading that repeats them.
  package func recentLines(_ id: StreamID) -> [[UInt8]] {
    streams[id]?.recent.lines ?? []
  }

  /// Goes on with a line whose beginning has come already; false when there is no room for it.
  private mutating func goOn(
    with rest: inout UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index,
    _ id: StreamID, at stamp: borrowing LogStamp, now: Instant, into out: inout LogBatch
  ) -> Bool {
    let held = streams.values[index].held.count
    let end = rest.firstLineEnd
    let more = end ?? rest.count
    if held + more > Self.longest {
      guard out.room >= streams.values[index].prefix.worst(Self.longest, style) else {
        return false
      }
      let part = Self.longest - held
      streams.values[index].held.append(
        contentsOf: UnsafeRawBufferPointer(rebasing: rest[..<part]))
      rest = UnsafeRawBufferPointer(rebasing: rest[part...])
      cut(index, at: stamp, into: &out)
    } else if let end {
      guard out.room >= streams.values[index].prefix.worst(held + more, style) else {
        return false
      }
      finish(
        with: UnsafeRawBufferPointer(rebasing: rest[..<end]), index, id, at: stamp, into: &out)
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    } else {
      hold(rest, index, id, now: now)
      rest = UnsafeRawBufferPointer(rebasing: rest[rest.count...])
    }
    return true
  }

  /// A line that has grown too long goes out in marked pieces.
  private mutating func cut(
    _ index: Dictionary<StreamID, Stream>.Index, at stamp: borrowing LogStamp,
    into out: inout LogBatch
  ) {
    _ = leaveCursor(into: &out)
    let mark: LogPrefix.Piece = streams.values[index].continues ? .middle : .beginning
    withHeld(index) { merger, held in
      merger.streams.values[index].prefix.line(
        held, at: stamp, mark, style: merger.style, into: &out)
    }
    lineCount += 1
    streams.values[index].held.removeAll(keepingCapacity: true)
    streams.values[index].isRedrawn = false
    streams.values[index].continues = true
    streams.values[index].showAt = nil
  }

  /// Ends the line with these bytes.
  private mutating func finish(
    with bytes: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index,
    _ id: StreamID, at stamp: borrowing LogStamp, into out: inout LogBatch
  ) {
    append(bytes, index, id)
    // Only its last state is shown whole, in as many rows as it takes.
    if streams.values[index].isRedrawn {
      streams.values[index].isOverwritten = true
      streams.values[index].shown = 0
    }
    let continues = streams.values[index].continues
    withHeld(index) { merger, held in
      if merger.cursor == id {
        merger.draw(held, index, at: stamp, into: &out)
        if merger.streams.values[index].colourIsSet { out.append(LogPrefix.reset) }
        out.append(0x0A)
      } else if !(continues && held.withoutReturn.isEmpty) {
        // What was shown or cut before may have been all of the line but its end.
        merger.streams.values[index].prefix.line(
          held, at: stamp, continues ? .rest : .whole, style: merger.style, into: &out)
      }
    }
    lineCount += 1
    if cursor == id { cursor = nil }
    streams.values[index].held.removeAll(keepingCapacity: true)
    streams.values[index].shown = 0
    streams.values[index].isRedrawn = false
    streams.values[index].isOverwritten = false
    streams.values[index].colourIsSet = false
    streams.values[index].continues = false
    streams.values[index].showAt = nil
  }

  /// Keeps what has no line end yet.
  private mutating func hold(
    _ rest: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID,
    now: Instant
  ) {
    append(rest, index, id)
    guard style.terminal, streams.values[index].showAt == nil else { return }
    let isRedrawn = streams.values[index].isOverwritten
    streams.values[index].showAt = now + (isRedrawn ? Self.redrawPause : Self.patience)
  }

  /// Lends out what is held, so that nothing is copied while the rest of the merger is in use.
  mutating func withHeld(
    _ index: Dictionary<StreamID, Stream>.Index,
    _ body: (inout Self, UnsafeRawBufferPointer) -> Void
  ) {
    var held: [UInt8] = []
    swap(&held, &streams.values[index].held)
    held.withUnsafeBytes { body(&self, $0) }
    swap(&held, &streams.values[index].held)
  }
}
