extension [UInt8] {
  /// Appends `2026-11-22`.
  mutating func append(_ date: CivilDate) {
    append(date.year, digits: 4)
    append(UInt8(ascii: "-"))
    append(date.month, digits: 2)
    append(UInt8(ascii: "-"))
    append(date.day, digits: 2)
  }

  /// Appends `2026-11-22T09:48:38`, and `.170531` if the fraction is not zero.
  mutating func append(_ time: CivilDateTime) {
    append(time.date)
    append(UInt8(ascii: "T"))
    append(time.hour, digits: 2)
    append(UInt8(ascii: ":"))
    append(time.minute, digits: 2)
    append(UInt8(ascii: ":"))
    append(time.second, digits: 2)
    guard time.microsecond != 0 else { return }
    append(UInt8(ascii: "."))
    append(time.microsecond, digits: 6)
  }

  /// Appends a number with leading zeros; a larger number loses its first digits.
  mutating func append(_ number: Int, digits: Int) {
    var weight = 1
    for _ in 1..<digits { weight *= 10 }
    while weight > 0 {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / weight % 10))
      weight /= 10
    }
  }
}
