/// A set of the values 0–63 of a crontab's field.
struct CrontabValues: Sendable, Hashable {
  private(set) var bits: UInt64 = 0

  /// Every value of a range.
  init(_ range: ClosedRange<Int>) {
    for value in range { insert(value) }
  }

  init() {}

  mutating func insert(_ value: Int) {
    bits |= 1 << UInt64(value)
  }

  func contains(_ value: Int) -> Bool {
    bits & (1 << UInt64(value)) != 0
  }

  var isEmpty: Bool { bits == 0 }

  var first: Int? { next(from: 0) }

  /// The smallest value that is at least the given one.
  func next(from value: Int) -> Int? {
    guard value < UInt64.bitWidth else { return nil }
    let rest = bits >> UInt64(value)
    return rest == 0 ? nil : value + rest.trailingZeroBitCount
  }
}
