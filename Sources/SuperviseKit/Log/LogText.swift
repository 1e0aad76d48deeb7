import Glibc

/// What a process wrote, made fit for a terminal that others share, or for a file.
enum LogText {
  private static let escape: UInt8 = 0x1B

  /// Appends a line or a part of one.
  ///
  /// Most lines hold no control character and are copied as they are. Colours pass where they are
  /// wanted and end with the line; whatever moves the cursor or talks to the terminal does not.
  static func append(_ bytes: UnsafeRawBufferPointer, style: LogStyle, into out: inout [UInt8]) {
    guard let base = bytes.baseAddress, !bytes.isEmpty else { return }
    let special =
      memchr(base, Int32(escape), bytes.count) != nil
      || (style.terminal && memchr(base, 0x0D, bytes.count) != nil)
    if special {
      filter(bytes, style: style, into: &out)
    } else {
      out.append(contentsOf: bytes)
    }
  }

  /// How much can be shown now: not the first part of an escape sequence or of a character.
  static func completeLength(_ bytes: [UInt8]) -> Int {
    var end = bytes.count
    if let start = bytes.suffix(32).lastIndex(of: escape), sequence(bytes, at: start) == nil {
      end = start
    }
    var tail = end
    while tail > 0, end - tail < 3, bytes[tail - 1] & 0xC0 == 0x80 { tail -= 1 }
    guard tail > 0 else { return end }
    let lead = bytes[tail - 1]
    let needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    return needed > end - tail + 1 ? tail - 1 : end
  }

  private static func filter(
    _ bytes: UnsafeRawBufferPointer, style: LogStyle, into out: inout [UInt8]
  ) {
    var index = 0
    var open = false
    // Of a line that was overwritten in place, a terminal would show the last state.
    if style.terminal, let last = bytes.lastIndex(of: 0x0D) { index = last + 1 }
    while index < bytes.count {
      guard bytes[index] == escape else {
        out.append(bytes[index])
        index += 1
        continue
      }
      guard let (length, colour) = sequence(bytes, at: index) else { break }
      if colour, style.colour {
        out.append(contentsOf: bytes[index..<index + length])
        open = !isReset(bytes[index..<index + length])
      }
      index += length
    }
    if open { out += LogPrefix.reset }
  }

  private static func isReset(_ sequence: Slice<UnsafeRawBufferPointer>) -> Bool {
    sequence.dropFirst(2).dropLast().allSatisfy { $0 == UInt8(ascii: "0") }
  }

  /// The length of the escape sequence that begins here, and whether it sets colours; nil when it
  /// does not end.
  private static func sequence(
    _ bytes: some RandomAccessCollection<UInt8>, at start: Int
  ) -> (length: Int, colour: Bool)? {
    func byte(_ offset: Int) -> UInt8? {
      let index = bytes.index(bytes.startIndex, offsetBy: start + offset)
      return index < bytes.endIndex ? bytes[index] : nil
    }
    guard start + 1 < bytes.count, let kind = byte(1) else { return nil }
    var length = 2
    switch kind {
    case UInt8(ascii: "["):
      while start + length < bytes.count, let next = byte(length) {
        length += 1
        if 0x40...0x7E ~= next { return (length, next == UInt8(ascii: "m")) }
      }
      return nil
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
      UInt8(ascii: "_"):
      while start + length < bytes.count, let next = byte(length) {
        length += 1
        if next == 0x07 { return (length, false) }
        if next == UInt8(ascii: "\\"), byte(length - 2) == escape { return (length, false) }
      }
      return nil
    case UInt8(ascii: "("), UInt8(ascii: ")"):
      return start + 2 < bytes.count ? (3, false) : nil
    default:
      return (2, false)
    }
  }
}

extension UnsafeRawBufferPointer {
  /// Where the first line ends.
  @inline(__always)
  var firstLineEnd: Int? {
    guard let baseAddress, count > 0, let found = memchr(baseAddress, 0x0A, count) else {
      return nil
    }
    return UnsafeRawPointer(found) - baseAddress
  }

  /// Without the `\r` of a `\r\n`.
  @inline(__always)
  var withoutReturn: UnsafeRawBufferPointer {
    guard let last, last == 0x0D else { return self }
    return UnsafeRawBufferPointer(rebasing: self[..<(count - 1)])
  }
}
