// What a person is shown of lines that have not ended: prompts, and progress redrawn in place.
extension LogMerger {
  /// When `showUnfinished` is due.
  package var deadline: Instant? {
    style.terminal ? streams.values.lazy.compactMap(\.showAt).min() : nil
  }

  /// Shows the unfinished lines that have waited long enough; those that find no room wait on.
  mutating func showUnfinished(
    at stamp: borrowing LogStamp, now: Instant, into out: inout LogBatch
  ) {
    for id in streams.keys.sorted() {
      guard let index = streams.index(forKey: id), let due = streams.values[index].showAt,
        now >= due
      else { continue }
      let needed = streams.values[index].prefix.worst(streams.values[index].held.count, style)
      guard out.room >= needed + 16 else { return }
      streams.values[index].showAt = nil
      show(index, id, at: stamp, into: &out)
    }
  }

  /// Ends the unfinished line that another stream's text is about to interrupt; false when there
  /// is no room for that.
  mutating func leaveCursor(into out: inout LogBatch) -> Bool {
    guard let id = cursor, let index = streams.index(forKey: id) else { return true }
    guard out.room >= 16 else { return false }
    cursor = nil
    if streams.values[index].colourIsSet { out.append(LogPrefix.reset) }
    out.append(0x0A)
    if !streams.values[index].isRedrawn {
      streams.values[index].continues = streams.values[index].shown > 0
      streams.values[index].held.removeFirst(streams.values[index].shown)
    }
    // What overwrites the line is a line of its own below the interruption, and so is its last state:
    // of this one a part may have been cut off.
    streams.values[index].shown = 0
    streams.values[index].isOverwritten = false
    streams.values[index].colourIsSet = false
    return true
  }

  /// Adds to what is held; of a line that is overwritten in place only the last state is kept
  /// for a terminal.
  mutating func append(
    _ bytes: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID
  ) {
    streams.values[index].held.append(contentsOf: bytes)
    guard style.redraws else { return }
    let superseded = streams.values[index].held.withUnsafeBytes { held in
      let last = LogText.lastState(of: held)
      guard let start = held.baseAddress, let state = last.baseAddress else { return 0 }
      return UnsafeRawPointer(state) - UnsafeRawPointer(start)
    }
    guard superseded > 0 else { return }
    streams.values[index].held.removeFirst(superseded)
    streams.values[index].shown = 0
    streams.values[index].isRedrawn = true
    streams.values[index].isOverwritten = cursor == id
    streams.values[index].continues = false
  }

  /// Puts what is new of a line behind what the terminal shows of it, or over it.
  mutating func draw(
    _ held: UnsafeRawBufferPointer, _ index: Dictionary<StreamID, Stream>.Index,
    at stamp: borrowing LogStamp, into out: inout LogBatch
  ) {
    let isOverwritten = streams.values[index].isOverwritten
    var isSet = streams.values[index].colourIsSet
    if isOverwritten {
      if isSet { out.append(LogPrefix.reset) }
      isSet = false
      out.append(0x0D)
      streams.values[index].prefix.begin(at: stamp, continues: false, style: style, into: &out)
      // Before the text: behind one that ends at the margin it would take the last column away.
      out.append(LogPrefix.eraseRest)
    }
    let shown = min(streams.values[index].shown, held.count)
    let new = UnsafeRawBufferPointer(rebasing: held[shown...])
    isSet = LogText.append(
      style.redraws ? LogText.lastState(of: new) : new.withoutReturn, style: style,
      colourIsSet: isSet, into: &out)
    streams.values[index].colourIsSet = isSet
    streams.values[index].isOverwritten = false
  }

  private mutating func show(
    _ index: Dictionary<StreamID, Stream>.Index, _ id: StreamID, at stamp: borrowing LogStamp,
    into out: inout LogBatch
  ) {
    if cursor != id { _ = leaveCursor(into: &out) }
    if style.redraws, streams.values[index].held.last == 0x0D {
      streams.values[index].isRedrawn = true
    }
    // What is wider than the window is cut off: a second row of it would stay when the first is
    // overwritten.
    let isRedrawn = streams.values[index].isRedrawn
    if isRedrawn { out.append(LogPrefix.wrapOff) }
    defer { if isRedrawn { out.append(LogPrefix.wrapOn) } }
    if cursor != id {
      let continues = streams.values[index].continues
      streams.values[index].prefix.begin(
        at: stamp, continues: continues, style: style, into: &out)
      cursor = id
    }
    withHeld(index) { merger, held in
      let whole = max(LogText.completeLength(held), merger.streams.values[index].shown)
      merger.draw(
        UnsafeRawBufferPointer(rebasing: held[..<whole]), index, at: stamp, into: &out)
      merger.streams.values[index].shown = whole
    }
  }
}
