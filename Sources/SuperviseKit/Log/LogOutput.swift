/// One way out of the log: how its lines look, where they wait, and who writes them.
final class LogOutput {
  private var merger: LogMerger
  private var stamp: LogStamp
  private let overflow: LogStorage.Overflow
  let ring = LogRing()
  private var batch: LogBatch?
  private var parts: [LogPart] = []
  /// Where lines go that nobody will see.
  private lazy var scrap = UnsafeMutableRawBufferPointer.allocate(
    byteCount: LogRing.slotSize, alignment: 16)
  private var usesScrap = false
  /// What was read and has found no room yet.
  var rest = UnsafeRawBufferPointer(start: nil, count: 0)
  /// There was no room, and not enough of it has come back.
  private(set) var isFull = false
  /// Lines left out since that was last told, and in all.
  private var untold = 0
  private(set) var droppedCount = 0

  /// The thread sleeps soonest if it gets much at once, and others wait least if it gets it soon.
  private static let goodSize = 256 << 10

  init(_ style: LogStyle, width: Int, overflow: LogStorage.Overflow) {
    merger = LogMerger(style, width: width)
    stamp = LogStamp(style)
    self.overflow = overflow
  }

  deinit {
    if usesScrap { scrap.deallocate() }
  }

  func setTime(seconds: Int, nanoseconds: Int) {
    stamp.set(seconds: seconds, nanoseconds: nanoseconds)
  }

  func open(
    name: String, kind: String, pid: Int32, _ channel: LogMerger.Channel
  ) -> LogMerger.StreamID {
    merger.open(name: name, kind: kind, pid: pid, channel)
  }

  /// The lines of a stream stand under another name.
  func rename(_ stream: LogMerger.StreamID, _ source: LogSource) {
    merger.rename(stream, source)
  }

  /// Leaves out what a stream has said.
  func skip(_ bytes: UnsafeRawBufferPointer, from stream: LogMerger.StreamID) {
    merger.skip(bytes, from: stream)
  }

  var lineCount: Int { merger.lineCount }

  func recentLines(_ stream: LogMerger.StreamID) -> [[UInt8]] { merger.recentLines(stream) }

  /// Makes lines of all this; what finds no room is returned.
  func take(
    _ bytes: UnsafeRawBufferPointer, from stream: LogMerger.StreamID, file: Int,
    now: ContinuousClock.Instant, for use: LogRing.Use
  ) -> UnsafeRawBufferPointer {
    var rest = bytes
    while !rest.isEmpty, var open = openBatch(for: use) {
      let before = open.count
      let taken = merger.take(rest, from: stream, at: stamp, now: now, into: &open)
      rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
      keep(open, grownFrom: before, file, isFull: !rest.isEmpty)
    }
    return rest
  }

  /// How many lines are not written yet.
  var waitingCount: Int { ring.lineCount + rest.lineCount }

  /// Ends a stream; false when what it has left finds no room.
  func close(_ stream: LogMerger.StreamID, file: Int) -> Bool {
    end(file) { merger.close(stream, at: stamp, into: &$0) }
  }

  /// Ends a stream that nobody looks at.
  func abandon(_ stream: LogMerger.StreamID, file: Int) -> Bool {
    end(file) { merger.abandon(stream, into: &$0) }
  }

  private func end(_ file: Int, with close: (inout LogBatch) -> Bool) -> Bool {
    while var open = openBatch(for: .processes) {
      let before = open.count
      let isClosed = close(&open)
      keep(open, grownFrom: before, file, isFull: !isClosed)
      if isClosed { return true }
    }
    return false
  }

  var deadline: ContinuousClock.Instant? { isFull ? nil : merger.deadline }

  func showUnfinished(now: ContinuousClock.Instant) {
    guard let deadline, now >= deadline, var open = openBatch(for: .processes) else { return }
    let before = open.count
    merger.showUnfinished(at: stamp, now: now, into: &open)
    keep(open, grownFrom: before, 0, isFull: false)
  }

  /// What has been collected goes to the thread.
  func handOver(isFull: Bool = false) {
    guard let batch else { return }
    self.batch = nil
    ring.close(batch, &parts, isFull: isFull)
  }

  /// Whether reading can go on, as far as this output is concerned.
  func hasRoomAgain() -> Bool {
    if isFull, ring.hasRoom { isFull = false }
    return !isFull
  }

  /// How many lines were left out since this was last asked, once they are none any more.
  func takeUntold() -> Int {
    guard untold > 0, hasRoomAgain() else { return 0 }
    defer { untold = 0 }
    return untold
  }

  private func openBatch(for use: LogRing.Use) -> LogBatch? {
    if let batch, use == .supervisor || !batch.isReserve {
      self.batch = nil
      return batch
    }
    handOver()
    if use == .supervisor || hasRoomAgain(), let batch = ring.open(use) { return batch }
    if use == .processes { isFull = true }
    guard use == .supervisor || overflow == .drop || ring.isBroken else { return nil }
    usesScrap = true
    return LogBatch(scrap)
  }

  private func keep(_ open: LogBatch, grownFrom before: Int, _ file: Int, isFull: Bool) {
    guard open.slot != nil else {
      guard !ring.isBroken else { return }
      let lines = open.bytes.lineCount
      untold += lines
      droppedCount += lines
      return
    }
    batch = open
    note(open.count - before, file)
    if isFull || open.count >= Self.goodSize { handOver(isFull: isFull) }
  }

  private func note(_ count: Int, _ file: Int) {
    if count > 0 { parts.add(LogPart(file: file, count: count)) }
  }
}
