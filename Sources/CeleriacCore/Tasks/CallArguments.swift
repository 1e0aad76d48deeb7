/// The arguments of a call that is about to be sent, already as JSON text.
///
/// A value that cannot be encoded is remembered and thrown by the sending: `add.s(2, 2)` itself
/// needs no `try`.
public struct CallArguments: Sendable {
  /// The text of an array.
  private(set) var args = Self.emptyArray
  /// The text of an object.
  private(set) var kwargs = Self.emptyObject
  private(set) var failure: ArgumentError?

  /// Starts without arguments.
  public init() {}

  /// Takes the JSON texts of an array and an object as they are.
  init(args: [UInt8], kwargs: [UInt8]) {
    self.args = args
    self.kwargs = kwargs
  }

  /// Adds a positional argument.
  public mutating func append<Value: Encodable & Sendable>(_ value: Value) {
    // Without an array of its own, for there is hardly a more common one.
    if Value.self == Int.self {
      Self.open(&args)
      // Sound, for it is the same type; a cast would ask the runtime.
      args.append(json: unsafeBitCast(value, to: Int.self))
      return args.append(UInt8(ascii: "]"))
    }
    guard let text = encode(value, name: nil) else { return }
    Self.open(&args)
    args += text
    args.append(UInt8(ascii: "]"))
  }

  /// Adds a keyword argument.
  public mutating func append<Value: Encodable & Sendable>(_ value: Value, for name: String) {
    guard let text = encode(value, name: name) else { return }
    Self.open(&kwargs)
    kwargs.append(jsonString: name)
    kwargs.append(json: ": ")
    kwargs += text
    kwargs.append(UInt8(ascii: "}"))
  }

  // Takes the closing bracket away and separates what follows from what is there.
  private static func open(_ text: inout [UInt8]) {
    if text.count == 2 { text.reserveCapacity(32) }
    text.removeLast()
    if text.count > 1 { text.append(json: ", ") }
  }

  /// Says what to do about a type that cannot travel.
  @available(
    *, unavailable, message: "a task's parameters must be Codable and Sendable to travel"
  )
  public mutating func append<Value>(_ value: Value) {}

  /// Says what to do about a type that cannot travel.
  @available(
    *, unavailable, message: "a task's parameters must be Codable and Sendable to travel"
  )
  public mutating func append<Value>(_ value: Value, for name: String) {}

  private static let emptyArray = Array("[]".utf8)
  private static let emptyObject = Array("{}".utf8)

  private mutating func encode(_ value: some Encodable, name: String?) -> [UInt8]? {
    do {
      return try WireCoding.encode(value)
    } catch {
      failure =
        failure
        ?? ArgumentError(.wrongType, name: name, detail: "can't be encoded: \(error)")
      return nil
    }
  }
}
