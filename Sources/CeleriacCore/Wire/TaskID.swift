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
    TaskID(RandomUUID().text)
  }

  /// The id as it stands on the wire.
  public var description: String { rawValue }
}
