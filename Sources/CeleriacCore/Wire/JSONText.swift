/// Reading the scalars of JSON text, each from the range where a ``JSONScanner`` found it.
enum JSONText {
  static let null = Array("null".utf8)

  static func isNull(_ bytes: [UInt8], _ range: Range<Int>) -> Bool {
    range.count == 4 && bytes[range.lowerBound] == UInt8(ascii: "n")
  }

  /// The string in `range`, quotes included; nil when another kind of value stands there.
  static func string(_ bytes: [UInt8], _ range: Range<Int>) -> String? {
    guard range.count >= 2, bytes[range.lowerBound] == UInt8(ascii: "\"") else { return nil }
    return unescaped(bytes, range.lowerBound + 1..<range.upperBound - 1)
  }

  /// The text between the quotes.
  ///
  /// A lone surrogate, which Python writes and Unicode forbids, becomes U+FFFD.
  static func unescaped(_ bytes: [UInt8], _ range: Range<Int>) -> String {
    guard endOfPlainText(bytes, range) < range.upperBound else {
      return String(decoding: bytes[range], as: UTF8.self)
    }
    var units: [UInt16] = []
    var text = ""
    var index = range.lowerBound
    var plain = index
    while index < range.upperBound {
      guard bytes[index] == UInt8(ascii: "\\"), index + 1 < range.upperBound else {
        index += 1
        continue
      }
      text += String(decoding: bytes[plain..<index], as: UTF8.self)
      if bytes[index + 1] == UInt8(ascii: "u") {
        units.removeAll(keepingCapacity: true)
        while let unit = escapedUnit(bytes, at: index, before: range.upperBound) {
          units.append(unit)
          index += 6
        }
        if units.isEmpty { index += 2 }
        text += String(decoding: units, as: UTF16.self)
      } else {
        text.unicodeScalars.append(simpleEscape(bytes[index + 1]))
        index += 2
      }
      plain = index
    }
    return text + String(decoding: bytes[plain..<range.upperBound], as: UTF8.self)
  }

  /// True for `true`, false for `false`, nil for anything else.
  static func bool(_ bytes: [UInt8], _ range: Range<Int>) -> Bool? {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "t"): true
    case UInt8(ascii: "f"): false
    default: nil
    }
  }

  /// The integer in `range`; nil when it is none, or does not fit into `T`.
  ///
  /// A float with an integral value, such as `2.0`, counts as an integer: Python makes them freely.
  static func integer<T: FixedWidthInteger>(
    _ bytes: [UInt8], _ range: Range<Int>, as type: T.Type = T.self
  ) -> T? {
    var index = range.lowerBound
    let negative = bytes[index] == UInt8(ascii: "-")
    if negative { index += 1 }
    guard index < range.upperBound else { return nil }
    var value: T = 0
    while index < range.upperBound {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return double(bytes, range).flatMap { T(exactly: $0) } }
      let (tenfold, tooLarge) = value.multipliedReportingOverflow(by: 10)
      let (next, overflow) =
        negative
        ? tenfold.subtractingReportingOverflow(T(digit))
        : tenfold.addingReportingOverflow(T(digit))
      guard !tooLarge, !overflow else { return nil }
      value = next
      index += 1
    }
    return value
  }

  /// The number in `range`, `NaN` and the infinities included; nil when it is no number.
  static func double(_ bytes: [UInt8], _ range: Range<Int>) -> Double? {
    switch bytes[range.lowerBound] {
    case UInt8(ascii: "N"): .nan
    case UInt8(ascii: "I"): .infinity
    case UInt8(ascii: "-") where bytes[range.upperBound - 1] == UInt8(ascii: "y"): -.infinity
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      Double(String(decoding: bytes[range], as: UTF8.self))
    default: nil
    }
  }

  private static func escapedUnit(_ bytes: [UInt8], at index: Int, before end: Int) -> UInt16? {
    guard index + 6 <= end, bytes[index] == UInt8(ascii: "\\"),
      bytes[index + 1] == UInt8(ascii: "u")
    else { return nil }
    var unit: UInt16 = 0
    for byte in bytes[index + 2..<index + 6] {
      guard let digit = Hex.value(byte) else { return nil }
      unit = unit << 4 | UInt16(digit)
    }
    return unit
  }

  private static func simpleEscape(_ byte: UInt8) -> Unicode.Scalar {
    switch byte {
    case UInt8(ascii: "n"): "\n"
    case UInt8(ascii: "t"): "\t"
    case UInt8(ascii: "r"): "\r"
    case UInt8(ascii: "b"): "\u{8}"
    case UInt8(ascii: "f"): "\u{C}"
    default: Unicode.Scalar(byte)
    }
  }
}
