/// The arguments of a call that is about to be sent, already as JSON text.
///
/// A value that cannot be encoded is remembered and thrown by the sending: `add.s(2, 2)` itself
/// needs no `try`.
public struct CallArguments: Sendable {
  private(set) var args: [UInt8] = [UInt8(ascii: "[")]
  private(set) var kwargs: [UInt8] = [UInt8(ascii: "{")]
  private(set) var failure: ArgumentError?

  /// Starts without arguments.
  public init() {}

  /// Takes the JSON texts of an array and an object as they are.
  init(args: [UInt8], kwargs: [UInt8]) {
    self.args = args.dropLast()
    self.kwargs = kwargs.dropLast()
  }

  /// Adds a positional argument.
  public mutating func append<Value: Encodable & Sendable>(_ value: Value) {
    if args.count > 1 {
      args.append(json: ", ")
    } else {
      args.reserveCapacity(32)
    }
    // Without an array of its own, for there is hardly a more common one.
    if Value.self == Int.self, let number = value as? Int { return args.append(json: number) }
    guard let text = encode(value, name: nil) else { return }
    args += text
  }

  /// Adds a keyword argument.
  public mutating func append<Value: Encodable & Sendable>(_ value: Value, for name: String) {
    guard let text = encode(value, name: name) else { return }
    if kwargs.count > 1 { kwargs.append(json: ", ") }
    kwargs.append(jsonString: name)
    kwargs.append(json: ": ")
    kwargs += text
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

  var argsText: [UInt8] { closed(args, by: UInt8(ascii: "]")) }
  var kwargsText: [UInt8] { kwargs.count > 1 ? closed(kwargs, by: UInt8(ascii: "}")) : Self.none }

  private static let none = Array("{}".utf8)

  private func closed(_ text: [UInt8], by bracket: UInt8) -> [UInt8] {
    var closed: [UInt8] = []
    closed.reserveCapacity(text.count + 1)
    closed += text
    closed.append(bracket)
    return closed
  }

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
