/// Cuts a stream of Redis' protocol into whole commands or replies.
///
/// Pure. Only lengths are read; what lies between them is skipped.
struct RESPStream {
  private var bytes: [UInt8] = []
  private var start = 0

  mutating func append(_ more: ArraySlice<UInt8>) {
    if start > 0 {
      bytes.removeFirst(start)
      start = 0
    }
    bytes += more
  }

  /// The next whole value; nil until more has come.
  mutating func next() -> [UInt8]? {
    guard let end = Self.end(of: bytes, from: start) else { return nil }
    defer { start = end }
    return Array(bytes[start..<end])
  }

  private static func end(of bytes: [UInt8], from start: Int) -> Int? {
    guard start < bytes.count, let line = lineEnd(bytes, from: start) else { return nil }
    switch bytes[start] {
    case UInt8(ascii: "$"):
      let count = number(bytes, start + 1)
      guard count >= 0 else { return line }
      return line + count + 2 <= bytes.count ? line + count + 2 : nil
    case UInt8(ascii: "*"):
      var end = line
      for _ in 0..<max(number(bytes, start + 1), 0) {
        guard let next = Self.end(of: bytes, from: end) else { return nil }
        end = next
      }
      return end
    default: return line
    }
  }

  /// Whether a reply is what a subscriber hears unasked.
  static func isMessage(_ reply: [UInt8]) -> Bool { reply.starts(with: messageHead) }

  private static let messageHead = Array("*3\r\n$7\r\nmessage\r\n".utf8)

  /// The words of a whole command.
  static func words(of command: [UInt8]) -> [ArraySlice<UInt8>] {
    guard command.first == UInt8(ascii: "*"), var place = lineEnd(command, from: 0) else {
      return []
    }
    var words: [ArraySlice<UInt8>] = []
    for _ in 0..<number(command, 1) {
      guard let line = lineEnd(command, from: place) else { break }
      let count = number(command, place + 1)
      words.append(command[line..<line + count])
      place = line + count + 2
    }
    return words
  }

  private static func lineEnd(_ bytes: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + 1 < bytes.count {
      if bytes[index] == 13, bytes[index + 1] == 10 { return index + 2 }
      index += 1
    }
    return nil
  }

  private static func number(_ bytes: [UInt8], _ start: Int) -> Int {
    var index = start
    var value = 0
    let isNegative = bytes[start] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    while bytes[index] != 13 {
      value = value * 10 + Int(bytes[index] - 48)
      index += 1
    }
    return isNegative ? -value : value
  }
}
