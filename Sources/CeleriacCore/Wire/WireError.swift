/// Why bytes from a broker or a result store could not be read.
public struct WireError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Equatable {
    /// The bytes are no JSON text.
    public static let notJSON = Code(text: "not JSON")

    /// The JSON nests deeper than ``JSONScanner/maximumDepth``.
    public static let tooDeep = Code(text: "nested too deeply")

    /// A value has another type than the reader needs.
    public static let wrongType = Code(text: "wrong type")

    /// A required field is not there.
    public static let missingField = Code(text: "missing field")

    /// The body is encoded, compressed or serialized in a way that is not supported.
    public static let unsupportedEncoding = Code(text: "unsupported encoding")

    /// A value does not fit into the type that was asked for.
    public static let outOfRange = Code(text: "out of range")

    let text: String
  }

  /// What went wrong.
  public let code: Code

  /// One line for a person: which field, and what was found there.
  public let detail: String

  init(_ code: Code, _ detail: String) {
    self.code = code
    self.detail = detail
  }

  /// The code and the detail in one line.
  public var description: String { "\(code.text): \(detail)" }
}
