extension [UInt8] {
  /// Appends `2026-11-22`.
  mutating func append(_ date: CivilDate) {
    append(upTo: 10) { text in text.put(date) }
  }

  /// Appends `2026-11-22T09:48:38`, and `.170531` if the fraction is not zero.
  mutating func append(_ time: CivilDateTime) {
    append(upTo: 26) { text in text.put(time) }
  }

  // In memory of its own first: an array looks at each append whether it has other owners.
  mutating func append(upTo count: Int, _ write: (inout DigitWriter) -> Void) {
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { memory in
      var text = DigitWriter(memory)
      write(&text)
      append(contentsOf: UnsafeBufferPointer(rebasing: memory[..<text.count]))
    }
  }
}

/// Writes numbers of known width into memory that has room for them.
struct DigitWriter {
  private let memory: UnsafeMutableBufferPointer<UInt8>
  /// How many bytes are written.
  private(set) var count = 0

  init(_ memory: UnsafeMutableBufferPointer<UInt8>) {
    self.memory = memory
  }

  mutating func put(_ date: CivilDate) {
    put(date.year, digits: 4)
    put(UInt8(ascii: "-"))
    put(date.month, digits: 2)
    put(UInt8(ascii: "-"))
    put(date.day, digits: 2)
  }

  mutating func put(_ time: CivilDateTime) {
    put(time.date)
    put(UInt8(ascii: "T"))
    put(time.hour, digits: 2)
    put(UInt8(ascii: ":"))
    put(time.minute, digits: 2)
    put(UInt8(ascii: ":"))
    put(time.second, digits: 2)
    guard time.microsecond != 0 else { return }
    put(UInt8(ascii: "."))
    put(time.microsecond, digits: 6)
  }

  mutating func put(_ byte: UInt8) {
    memory[count] = byte
    count += 1
  }

  /// Writes a number with leading zeros; a larger number loses its first digits.
  @inline(__always)
  mutating func put(_ number: Int, digits: Int) {
    // From the last digit to the first: a division by a number known when compiling is none.
    var rest = UInt32(truncatingIfNeeded: number)
    for place in stride(from: count + digits - 1, through: count, by: -1) {
      memory[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += digits
  }
}
