import Glibc

/// What stands before each line of one stream, made once.
struct LogPrefix: Sendable {
  /// Which part of a line a piece is.
  enum Piece {
    case whole, beginning, middle, rest
  }

  static let reset: [UInt8] = Array("\u{1B}[0m".utf8)
  static let eraseRest: [UInt8] = Array("\u{1B}[K".utf8)
  /// DECAWM: whether what reaches the right margin goes on in the next row.
  static let wrapOff: [UInt8] = Array("\u{1B}[?7l".utf8)
  static let wrapOn: [UInt8] = Array("\u{1B}[?7h".utf8)

  /// From the name to the blank before the text.
  private let normal: [UInt8]
  private let continued: [UInt8]
  /// JSON: from after the time to the opening quote of the line.
  private let fields: [UInt8]

  init(
    name: String, kind: String, pid: Int32, channel: LogMerger.Channel, style: LogStyle, width: Int
  ) {
    let padding = String(repeating: " ", count: max(0, width - name.count))
    let (before, after) = style.paint(kind)
    let mark = channel == .error ? "!" : "|"
    normal = Array("\(before)\(name)\(padding)\(after) \(mark) ".utf8)
    continued = Array("\(before)\(name)\(padding)\(after) \(mark)+ ".utf8)
    let stream = channel == .error ? "stderr" : "stdout"
    fields = Array(
      "\",\"proc\":\"\(name)\",\"pid\":\(pid),\"stream\":\"\(stream)\",\"line\":\"".utf8)
  }

  /// What a text of this length needs at most, with all that stands before and after it.
  func worst(_ count: Int, _ style: LogStyle) -> Int {
    let before = LogStamp.longest + max(fields.count, continued.count) + Self.jsonStart.count
    return before + style.worst(count) + Self.after
  }

  /// Puts the whole lines of `bytes` into `out` and takes them away from it, as far as there is
  /// room; false when there was not enough of it.
  ///
  /// What stands before the first line is copied for the others: of most lines nothing else is
  /// looked at than where they end.
  func lines(
    of bytes: inout UnsafeRawBufferPointer, at stamp: borrowing LogStamp, style: LogStyle,
    count: inout Int, into out: inout LogBatch
  ) -> Bool {
    let isPlain = style.form == .text && LogText.isPlain(bytes, style: style)
    let before = worst(0, style)
    var header: Range<Int>?
    while let end = bytes.firstLineEnd {
      guard out.room >= before + style.worst(end) else { return false }
      let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
      if let header {
        out.repeatBytes(at: header.lowerBound, count: header.count)
      } else {
        let start = out.count
        begin(at: stamp, continues: false, style: style, into: &out)
        header = start..<out.count
      }
      if isPlain, let start = text.baseAddress, text.last != 0x0D {
        out.append(start, count: end + 1)
      } else {
        self.end(text, .whole, style: style, into: &out)
      }
      count += 1
      bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
    }
    return true
  }

  /// One line of output.
  func line(
    _ bytes: UnsafeRawBufferPointer, at stamp: borrowing LogStamp, _ piece: Piece, style: LogStyle,
    into out: inout LogBatch
  ) {
    begin(at: stamp, continues: piece == .middle || piece == .rest, style: style, into: &out)
    end(bytes, piece, style: style, into: &out)
  }

  /// Time and name, for text that follows.
  func begin(
    at stamp: borrowing LogStamp, continues: Bool, style: LogStyle, into out: inout LogBatch
  ) {
    switch style.form {
    case .text:
      stamp.append(to: &out)
      out.append(continues ? continued : normal)
    case .json:
      out.append(Self.jsonStart)
      stamp.append(to: &out)
      out.append(fields)
    }
  }

  private func end(
    _ bytes: UnsafeRawBufferPointer, _ piece: Piece, style: LogStyle, into out: inout LogBatch
  ) {
    switch style.form {
    case .text:
      let text = style.redraws ? LogText.lastState(of: bytes) : bytes.withoutReturn
      if LogText.append(text, style: style, into: &out) { out.append(Self.reset) }
      out.append(0x0A)
    case .json:
      LogJSON.append(bytes.withoutReturn, piece: piece, into: &out)
    }
  }

  /// Resets, the erasing of a rest, further fields, the line end.
  private static let after = 64
  private static let jsonStart = Array("{\"ts\":\"".utf8)
}
