import Glibc

/// What a process wrote, made fit for a terminal that others share, or for a file.
enum LogText {
  /// Whether all of this can be copied as it is, by one look at the whole.
  static func isPlain(_ bytes: UnsafeRawBufferPointer, style: LogStyle) -> Bool {
    guard let base = bytes.baseAddress else { return true }
    guard style.terminal, !style.raw else {
      return memchr(base, Int32(EscapeSequence.escape), bytes.count) == nil
    }
    // Without a branch, so that the compiler can look at many bytes at once.
    var found: UInt8 = 0
    for byte in bytes {
      let isControl: UInt8 = byte < 0x20 ? 1 : 0
      let isUsual: UInt8 = byte == 0x09 ? 1 : byte == 0x0A ? 1 : 0
      let mayBeControl: UInt8 = byte == Self.lead ? 1 : 0
      found |= (isControl ^ isUsual) | mayBeControl
    }
    return found == 0
  }

  /// Appends a line or a part of one; whether a colour is still set at its end.
  ///
  /// Colours pass where they are wanted; whatever moves the cursor, changes the character set or
  /// talks to the terminal does not.
  static func append(
    _ bytes: UnsafeRawBufferPointer, style: LogStyle, colourIsSet: Bool = false,
    into out: inout LogBatch
  ) -> Bool {
    if isPlain(bytes, style: style) {
      out.append(bytes)
      return colourIsSet
    }
    var isSet = colourIsSet
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      guard byte == EscapeSequence.escape else {
        let isFiltered = style.terminal && !style.raw
        if isFiltered, isControl(bytes, at: index) {
          index += 2
          continue
        }
        if !isFiltered || !moves(byte) { out.append(byte) }
        index += 1
        continue
      }
      guard let found = EscapeSequence(in: bytes, at: index) else {
        // What follows may be a text that nobody has ended; only what would hide it goes.
        let end = style.raw ? bytes.count : min(index + 2, bytes.count)
        if style.raw { out.append(UnsafeRawBufferPointer(rebasing: bytes[index..<end])) }
        index = end
        continue
      }
      if style.raw || (found.kind != .other && style.colour) {
        out.append(UnsafeRawBufferPointer(rebasing: bytes[index..<index + found.length]))
      }
      if found.kind != .other, style.raw || style.colour { isSet = found.kind == .colour }
      index += found.length
    }
    return isSet
  }

  // With which U+0080 to U+00BF begin.
  private static let lead: UInt8 = 0xC2

  /// A control character of eight bits, as UTF-8: U+009B is to many terminals what `ESC [` is.
  private static func isControl(_ bytes: UnsafeRawBufferPointer, at index: Int) -> Bool {
    bytes[index] == lead && index + 1 < bytes.count && 0x80...0x9F ~= bytes[index + 1]
  }

  /// Backspace, line and form feeds, another character set; a bell may ring.
  private static func moves(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x08, 0x0B...0x0F: true
    default: false
    }
  }

  /// Of a line that was overwritten in place, what a terminal would show at the end.
  static func lastState(of bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    var end = bytes.count
    while end > 0, bytes[end - 1] == 0x0D { end -= 1 }
    let text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
    guard let start = text.lastIndex(of: 0x0D) else { return text }
    return UnsafeRawBufferPointer(rebasing: text[(start + 1)...])
  }

  /// How much can be shown now: not the first part of an escape sequence or of a character.
  static func completeLength(_ bytes: UnsafeRawBufferPointer) -> Int {
    var end = bytes.count
    let from = max(0, end - 32)
    if let start = bytes[from...].lastIndex(of: EscapeSequence.escape),
      EscapeSequence(in: bytes, at: start) == nil
    {
      end = start
    }
    var tail = end
    while tail > 0, end - tail < 3, bytes[tail - 1] & 0xC0 == 0x80 { tail -= 1 }
    guard tail > 0 else { return end }
    let lead = bytes[tail - 1]
    let needed = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1
    return needed > end - tail + 1 ? tail - 1 : end
  }
}

/// A command to the terminal within a text.
struct EscapeSequence {
  enum Kind {
    case colour, reset, other
  }

  static let escape: UInt8 = 0x1B

  var length: Int
  var kind: Kind

  /// The sequence that begins here; nil when it does not end.
  init?(in bytes: UnsafeRawBufferPointer, at start: Int) {
    guard start + 1 < bytes.count else { return nil }
    kind = .other
    switch bytes[start + 1] {
    case UInt8(ascii: "["):
      guard let end = bytes[(start + 2)...].firstIndex(where: { 0x40...0x7E ~= $0 }) else {
        return nil
      }
      length = end + 1 - start
      // With a sign of its own before it, it is none of the colours.
      if bytes[end] == UInt8(ascii: "m"), !(0x3C...0x3F ~= bytes[start + 2]) {
        let sets = bytes[(start + 2)..<end].contains { $0 != UInt8(ascii: "0") }
        kind = sets ? .colour : .reset
      }
    case UInt8(ascii: "]"), UInt8(ascii: "P"), UInt8(ascii: "X"), UInt8(ascii: "^"),
      UInt8(ascii: "_"):
      let text = bytes[(start + 2)...]
      let end = text.indices.first { index in
        text[index] == 0x07
          || (text[index] == UInt8(ascii: "\\") && text[index - 1] == Self.escape)
      }
      guard let end else { return nil }
      length = end + 1 - start
    case 0x20...0x2F:
      guard let end = bytes[(start + 2)...].firstIndex(where: { !(0x20...0x2F ~= $0) }) else {
        return nil
      }
      length = end + 1 - start
    default:
      length = 2
    }
  }
}

extension LogStyle {
  /// Whether a line that is overwritten in place is redrawn in place.
  var redraws: Bool { terminal && !raw }
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

  /// How many lines end here.
  var lineCount: Int {
    var rest = self
    var lines = 0
    while let end = rest.firstLineEnd {
      lines += 1
      rest = UnsafeRawBufferPointer(rebasing: rest[(end + 1)...])
    }
    return lines
  }

  /// Without the `\r` of a `\r\n`.
  @inline(__always)
  var withoutReturn: UnsafeRawBufferPointer {
    guard let last, last == 0x0D else { return self }
    return UnsafeRawBufferPointer(rebasing: self[..<(count - 1)])
  }
}
