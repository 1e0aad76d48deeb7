/// The name of one call, from sending it to its result: usually a UUID, but any text is legal.
public struct TaskID: RawRepresentable, Hashable, Sendable, Codable, ExpressibleByStringLiteral,
  CustomStringConvertible
{
  /// The id as it stands on the wire.
  public let rawValue: String

  /// Takes over an id chosen elsewhere.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  /// Takes over an id chosen elsewhere.
  public init(_ text: String) {
    rawValue = text
  }

  /// Takes the literal as the id.
  public init(stringLiteral value: String) {
    rawValue = value
  }

  /// Makes a new id: a random UUID, version 4.
  public static func random() -> TaskID {
    var generator = SystemRandomNumberGenerator()
    return TaskID(randomUUID(using: &generator))
  }

  /// The id as it stands on the wire.
  public var description: String { rawValue }
}

/// A random UUID in its usual text form, without the detour over Foundation's type.
package func randomUUID(using generator: inout some RandomNumberGenerator) -> String {
  let high = generator.next() & 0xFFFF_FFFF_FFFF_0FFF | 0x4000
  let low = generator.next() & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000
  return String(unsafeUninitializedCapacity: 36) { buffer in
    var index = 0
    for (word, dashes) in [(high, [4, 6]), (low, [0, 2])] {
      for byte in 0..<8 {
        if dashes.contains(byte) {
          buffer[index] = UInt8(ascii: "-")
          index += 1
        }
        let value = Int(word >> UInt64(56 - 8 * byte) & 0xFF)
        buffer[index] = Hex.digits[value >> 4]
        buffer[index + 1] = Hex.digits[value & 15]
        index += 2
      }
    }
    return index
  }
}
