// Streams that are called otherwise, or not looked at.
extension LogMerger {
  /// The source of a stream goes by another name from now on.
  mutating func rename(_ id: StreamID, _ source: LogSource) {
    streams[id]?.prefix = LogPrefix(
      name: source.name, kind: source.kind, pid: source.pid, channel: source.channel,
      style: style, width: width)
  }

  /// Nothing more comes from this stream, and what it has left without a line end is not looked at.
  ///
  /// - Returns: Whether there was room to end what the terminal shows of it; if not, it is still
  ///   open.
  mutating func abandon(_ id: StreamID, into out: inout LogBatch) -> Bool {
    if cursor == id, !leaveCursor(into: &out) { return false }
    streams[id] = nil
    return true
  }

  /// Leaves out what a stream has said; only a line that has not ended may be shown later.
  mutating func skip(_ bytes: UnsafeRawBufferPointer, from id: StreamID) {
    guard let index = streams.index(forKey: id) else { return }
    streams.values[index].recent.note(bytes)
    streams.values[index].showAt = nil
    var rest = bytes
    while let end = rest.firstLineEnd {
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
      streams.values[index].held.removeAll(keepingCapacity: true)
      streams.values[index].isRedrawn = false
      streams.values[index].continues = false
    }
    guard streams.values[index].held.count + rest.count <= Self.longest else { return }
    streams.values[index].held.append(contentsOf: rest)
  }
}
