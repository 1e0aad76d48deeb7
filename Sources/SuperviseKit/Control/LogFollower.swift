import Glibc

/// A client of `supervise logs --follow`: gets each line as it comes, as long as it keeps up.
final class LogFollower {
  let connection: ControlConnection
  /// Names and kinds; all processes when there are none.
  private let words: Set<String>
  /// What has come of lines that have not ended.
  private var held: [LogHistory.Stream: [UInt8]] = [:]
  /// A longer line is passed on in pieces.
  private static let longest = 64 << 10

  /// The beginnings of lines that are being written while it comes are `unfinished`.
  init(_ words: [String], _ connection: ControlConnection, unfinished: [LogHistory.Line]) {
    self.words = words.contains("all") ? [] : Set(words)
    self.connection = connection
    for line in unfinished { held[line.stream] = line.bytes }
  }

  func wants(_ source: LogSource) -> Bool {
    words.isEmpty || words.contains(source.name) || words.contains(source.id)
      || words.contains(source.kind)
  }

  /// Passes on what a process has said.
  func take(_ bytes: UnsafeRawBufferPointer, from source: LogSource, at milliseconds: Int) {
    var rest = bytes
    let stream = source.stream
    while let end = rest.firstLineEnd {
      let piece = UnsafeRawBufferPointer(rebasing: rest[..<end])
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
      if var line = held.removeValue(forKey: stream) {
        line += piece
        line.withUnsafeBytes { send($0, from: source, at: milliseconds) }
      } else {
        send(piece, from: source, at: milliseconds)
      }
    }
    guard !rest.isEmpty else { return }
    held[stream, default: []] += rest
    if held[stream, default: []].count > Self.longest, let piece = held.removeValue(forKey: stream)
    {
      piece.withUnsafeBytes { send($0, from: source, at: milliseconds) }
    }
  }

  /// Nothing more comes from there.
  func end(_ source: LogSource, at milliseconds: Int) {
    guard let line = held.removeValue(forKey: source.stream) else { return }
    line.withUnsafeBytes { send($0, from: source, at: milliseconds) }
  }

  private func send(_ line: UnsafeRawBufferPointer, from source: LogSource, at milliseconds: Int) {
    guard connection.hasRoom(for: line.count) else { return }
    connection.send(
      Self.encoded(
        line, name: source.name, source.stream, at: milliseconds))
  }

  /// One line of a log, as it is told to clients.
  static func encoded(
    _ line: UnsafeRawBufferPointer, name: String, _ stream: LogHistory.Stream, at milliseconds: Int
  ) -> [UInt8] {
    let channel = stream.channel == .error ? "stderr" : "stdout"
    let head = Array(
      "{\"proc\":\"\(name)\",\"pid\":\(stream.pid),\"stream\":\"\(channel)\",\"ms\":\(milliseconds),\"line\":\""
        .utf8)
    // At worst each byte is escaped with six, and given once more in base64.
    let room = head.count + 8 * line.count + 64
    return withUnsafeTemporaryAllocation(byteCount: room, alignment: 1) { memory in
      var out = LogBatch(memory)
      out.append(head)
      LogJSON.append(line.withoutReturn, piece: .whole, into: &out)
      return Array(out.bytes)
    }
  }
}

/// Milliseconds since 1970.
func wallClock() -> Int {
  var time = timespec()
  clock_gettime(CLOCK_REALTIME, &time)
  return time.tv_sec * 1000 + time.tv_nsec / 1_000_000
}
