/// What stands before each line of one stream, made once.
struct LogPrefix: Sendable {
  /// Which part of a line a piece is.
  enum Piece {
    case whole, beginning, middle, rest
  }

  static let reset: [UInt8] = Array("\u{1B}[0m".utf8)

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

  /// Puts all whole lines of `bytes` into `out` and leaves in it what has no line end.
  @inline(__always)
  func lines(
    of bytes: inout UnsafeRawBufferPointer, at stamp: borrowing LogStamp, style: LogStyle,
    into out: inout [UInt8]
  ) {
    while let end = bytes.firstLineEnd {
      line(
        UnsafeRawBufferPointer(rebasing: bytes[..<end]), at: stamp, .whole, style: style, into: &out
      )
      bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
    }
  }

  /// One line of output.
  func line(
    _ bytes: UnsafeRawBufferPointer, at stamp: borrowing LogStamp, _ piece: Piece, style: LogStyle,
    into out: inout [UInt8]
  ) {
    switch style.form {
    case .text:
      begin(at: stamp, continues: piece == .middle || piece == .rest, into: &out)
      LogText.append(bytes.withoutReturn, style: style, into: &out)
      out.append(0x0A)
    case .json:
      out += Self.jsonStart
      stamp.append(to: &out)
      out += fields
      LogJSON.append(bytes.withoutReturn, piece: piece, into: &out)
    }
  }

  /// Time and name, for text that follows.
  func begin(at stamp: borrowing LogStamp, continues: Bool, into out: inout [UInt8]) {
    stamp.append(to: &out)
    out += continues ? continued : normal
  }

  private static let jsonStart = Array("{\"ts\":\"".utf8)
}
