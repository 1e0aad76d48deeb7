/// Reads the date and time that ``Timestamp/init(iso8601:naiveIn:)-(Span<UInt8>,_)`` describes.
///
/// The bytes are an argument of each step, not a property: a span must not be stored.
struct ISO8601Reader {
  /// What the text says: the time on the wall, and the wall's offset if it is named.
  struct Written {
    let local: CivilDateTime
    /// Seconds east of UTC; none for a naive time.
    let offset: Int?
  }

  private var position = 0

  static func read(_ bytes: Span<UInt8>) -> Written? {
    var reader = ISO8601Reader()
    guard
      let date = reader.date(bytes),
      let local = reader.time(of: date, bytes),
      let offset = reader.offset(bytes),
      reader.position == bytes.count
    else { return nil }
    return Written(local: local, offset: offset)
  }

  private mutating func date(_ bytes: Span<UInt8>) -> CivilDate? {
    guard
      let year = digits(4, bytes), year > 0, skip(UInt8(ascii: "-"), bytes),
      let month = digits(2, bytes), skip(UInt8(ascii: "-"), bytes),
      let day = digits(2, bytes)
    else { return nil }
    return CivilDate(year: year, month: month, day: day)
  }

  private mutating func time(of date: CivilDate, _ bytes: Span<UInt8>) -> CivilDateTime? {
    guard position < bytes.count else { return CivilDateTime(date) }
    guard skip(UInt8(ascii: "T"), bytes) || skip(UInt8(ascii: " "), bytes),
      let hour = digits(2, bytes)
    else { return nil }
    guard skip(UInt8(ascii: ":"), bytes) else { return CivilDateTime(date, hour: hour) }
    guard let minute = digits(2, bytes) else { return nil }
    guard skip(UInt8(ascii: ":"), bytes) else {
      return CivilDateTime(date, hour: hour, minute: minute)
    }
    guard let second = digits(2, bytes), let fraction = fraction(bytes) else { return nil }
    return CivilDateTime(
      date, hour: hour, minute: minute, second: second, microsecond: fraction)
  }

  /// The microseconds, 0 if no fraction is there, nothing if it is malformed.
  private mutating func fraction(_ bytes: Span<UInt8>) -> Int? {
    guard skip(UInt8(ascii: "."), bytes) || skip(UInt8(ascii: ","), bytes) else { return 0 }
    var microseconds = 0
    var weight = 100_000
    let start = position
    while let digit = digits(1, bytes) {
      microseconds += digit * weight
      weight /= 10
    }
    return position > start ? microseconds : nil
  }

  /// The seconds east of UTC, `.some(nil)` if no offset is there, nothing if it is malformed.
  private mutating func offset(_ bytes: Span<UInt8>) -> Int?? {
    guard position < bytes.count else { return .some(nil) }
    if skip(UInt8(ascii: "Z"), bytes) || skip(UInt8(ascii: "z"), bytes) { return 0 }
    let isWest = skip(UInt8(ascii: "-"), bytes)
    guard isWest || skip(UInt8(ascii: "+"), bytes),
      let hour = digits(2, bytes), hour < 24
    else { return nil }
    var seconds = hour * 3600
    for unit in [60, 1] where position < bytes.count {
      _ = skip(UInt8(ascii: ":"), bytes)
      guard let number = digits(2, bytes), number < 60 else { return nil }
      seconds += number * unit
    }
    return isWest ? -seconds : seconds
  }

  private mutating func digits(_ count: Int, _ bytes: Span<UInt8>) -> Int? {
    guard position + count <= bytes.count else { return nil }
    var number = 0
    for index in position..<position + count {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit < 10 else { return nil }
      number = number * 10 + Int(digit)
    }
    position += count
    return number
  }

  private mutating func skip(_ byte: UInt8, _ bytes: Span<UInt8>) -> Bool {
    guard position < bytes.count, bytes[position] == byte else { return false }
    position += 1
    return true
  }
}
