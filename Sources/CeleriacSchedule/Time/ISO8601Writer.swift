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
    // From the last digit to the first: a division by a number known when compiling is none.
    var rest = number
    let start = count
    for _ in 0..<digits { append(UInt8(ascii: "0")) }
    for place in stride(from: count - 1, through: start, by: -1) {
      self[place] &+= UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
  }
}
