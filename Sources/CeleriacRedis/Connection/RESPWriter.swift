/// Writes commands in Redis' protocol, one after the other, into one buffer.
///
///     *3 ⏎  $3 ⏎ SET ⏎  $4 ⏎ name ⏎  $5 ⏎ value ⏎
package struct RESPWriter: Sendable {
  /// The commands written so far.
  package private(set) var bytes: [UInt8] = []

  /// An empty writer with room for `capacity` bytes.
  package init(capacity: Int = 0) {
    bytes.reserveCapacity(capacity)
  }

  /// Begins a command of `count` arguments, its name included.
  package mutating func begin(arguments count: Int) {
    bytes.append(UInt8(ascii: "*"))
    append(digits: count)
    endLine()
  }

  /// Appends one argument.
  package mutating func append(_ argument: UnsafeRawBufferPointer) {
    bytes.append(UInt8(ascii: "$"))
    append(digits: argument.count)
    endLine()
    bytes.append(contentsOf: argument)
    endLine()
  }

  /// Appends one argument.
  package mutating func append(_ argument: [UInt8]) {
    argument.withUnsafeBytes { append($0) }
  }

  /// Appends one argument as UTF-8.
  package mutating func append(_ argument: String) {
    var argument = argument
    argument.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends one argument, a word known when compiling.
  package mutating func append(_ argument: StaticString) {
    append(
      UnsafeRawBufferPointer(start: argument.utf8Start, count: argument.utf8CodeUnitCount))
  }

  /// Appends one argument in decimal.
  package mutating func append(_ argument: Int) {
    bytes.append(UInt8(ascii: "$"))
    append(digits: Self.digits(in: argument))
    endLine()
    append(digits: argument)
    endLine()
  }

  /// Appends commands that are encoded already.
  mutating func append(encoded: some Collection<UInt8>) {
    bytes.append(contentsOf: encoded)
  }

  private mutating func endLine() {
    bytes.append(UInt8(ascii: "\r"))
    bytes.append(UInt8(ascii: "\n"))
  }

  /// Appends a number without a String in between: two of them stand before every argument.
  private mutating func append(digits value: Int) {
    if 0..<10 ~= value {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value))
      return
    }
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var rest = value.magnitude
    let start = bytes.count
    repeat {
      bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    var low = start
    var high = bytes.count - 1
    while low < high {
      bytes.swapAt(low, high)
      low += 1
      high -= 1
    }
  }

  private static func digits(in value: Int) -> Int {
    var count = value < 0 ? 2 : 1
    var rest = value.magnitude
    while rest >= 10 {
      rest /= 10
      count += 1
    }
    return count
  }
}
