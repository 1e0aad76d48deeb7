/// The arguments of one call, handed out parameter by parameter.
///
/// They bind as in Python: positional ones in order, the rest by name; one that is given twice, or
/// is left over, is an error.
public struct Arguments: Sendable {
  private let bytes: [UInt8]
  private let positional: [Range<Int>]
  private let keywords: [(name: String, value: Range<Int>)]
  private var position = 0
  private var usedKeywords: [String] = []

  init(_ body: CallBody) {
    bytes = body.bytes
    positional = body.positional
    keywords = body.keywords
  }

  /// Reads arguments from the JSON text of an array and an object, as `call --args` gives them.
  ///
  /// - Throws: ``ArgumentError`` when the texts are something else.
  public init(args: String, kwargs: String = "{}") throws(ArgumentError) {
    do {
      self.init(try CallBody(Array("[\(args), \(kwargs), null]".utf8)))
    } catch {
      throw ArgumentError(.unreadable, name: nil, detail: error.detail)
    }
  }

  /// The value of the next parameter.
  ///
  /// As in Swift, an optional one may be null, but is left out only where it has a default.
  ///
  /// - Throws: ``ArgumentError`` when it is missing or of another type.
  public mutating func next<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws(ArgumentError) -> Value {
    guard let range = try take(name) else {
      throw ArgumentError(.missing, name: name, detail: "is missing")
    }
    return try read(range, name)
  }

  /// The value of the next parameter, or its default where the call has none.
  ///
  /// - Throws: ``ArgumentError`` when it is of another type.
  public mutating func next<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self, default value: @autoclosure () -> Value
  ) throws(ArgumentError) -> Value {
    guard let range = try take(name) else { return value() }
    return try read(range, name)
  }

  /// Fails when the call has arguments that no parameter has asked for.
  ///
  /// - Throws: ``ArgumentError`` that names the first of them.
  public func finish() throws(ArgumentError) {
    guard position >= positional.count else {
      throw ArgumentError(
        .unexpected, name: nil,
        detail: "\(positional.count) positional arguments were given, \(position) are taken")
    }
    let unused = keywords.map(\.name).filter { !usedKeywords.contains($0) }
    guard unused.isEmpty else {
      throw ArgumentError(
        .unexpected, name: nil,
        detail: "there is no parameter \(unused.map { "'\($0)'" }.joined(separator: ", "))")
    }
  }

  private mutating func take(_ name: String) throws(ArgumentError) -> Range<Int>? {
    let keyword = keywords.isEmpty ? nil : keywords.last { $0.name == name }
    if let keyword {
      usedKeywords.append(name)
      guard position >= positional.count else {
        throw ArgumentError(.unexpected, name: name, detail: "is given twice")
      }
      return keyword.value
    }
    guard position < positional.count else { return nil }
    defer { position += 1 }
    return positional[position]
  }

  private func read<Value: Decodable>(
    _ range: Range<Int>, _ name: String
  ) throws(ArgumentError) -> Value {
    do {
      return try WireCoding.decode(Value.self, from: bytes, in: range)
    } catch {
      throw ArgumentError(.wrongType, name: name, detail: Self.describe(error))
    }
  }

  private static func describe(_ error: any Error) -> String {
    let context: DecodingError.Context
    switch error {
    case DecodingError.typeMismatch(_, let found): context = found
    case DecodingError.valueNotFound(_, let found): context = found
    case DecodingError.keyNotFound(_, let found): context = found
    case DecodingError.dataCorrupted(let found): context = found
    default: return String(describing: error)
    }
    let path = context.codingPath.map(\.stringValue).joined(separator: ".")
    return path.isEmpty ? context.debugDescription : "at '\(path)': \(context.debugDescription)"
  }
}

extension Arguments {
  /// The value that one of the parameters gets, whatever the others get.
  ///
  /// - Parameters:
  ///   - name: The parameter.
  ///   - parameters: All of the task's, in order; nil for a task that is not known here, whose
  ///     arguments have only those names that the call gives them.
  ///   - type: The value's type.
  /// - Returns: The value.
  /// - Throws: ``ArgumentError`` when there is no such parameter, or the call leaves it out, or gives
  ///   a value of another type.
  package func value<Value: Decodable>(
    of name: String, among parameters: [String]?, as type: Value.Type
  ) throws(ArgumentError) -> Value {
    let names = parameters ?? keywords.map(\.name)
    guard names.contains(name) else {
      let known = names.map { "'\($0)'" }.joined(separator: ", ")
      throw ArgumentError(
        .missing, name: name, detail: "is not there: there is \(known.isEmpty ? "none" : known)")
    }
    guard parameters != nil else {
      return try read(keywords.last { $0.name == name }?.value, name)
    }
    var reader = self
    for parameter in names.prefix(while: { $0 != name }) { _ = try reader.take(parameter) }
    return try read(try reader.take(name), name)
  }

  /// The value of a positional argument, counted from 0.
  ///
  /// - Throws: ``ArgumentError`` when there are fewer, or it is of another type.
  package func value<Value: Decodable>(
    at position: Int, as type: Value.Type
  ) throws(ArgumentError) -> Value {
    let range = positional.indices.contains(position) ? positional[position] : nil
    return try read(range, "\(position)")
  }

  private func read<Value: Decodable>(
    _ range: Range<Int>?, _ name: String
  ) throws(ArgumentError) -> Value {
    guard let range else {
      throw ArgumentError(.missing, name: name, detail: "is left out by the call")
    }
    return try read(range, name)
  }
}

/// Why the arguments of a call do not fit its task.
public struct ArgumentError: Error, Equatable, CustomStringConvertible {
  /// What went wrong; new codes may be added.
  public struct Code: Sendable, Equatable {
    /// A parameter without default got no value.
    public static let missing = Code(text: "missing")
    /// A value has another type than its parameter.
    public static let wrongType = Code(text: "wrong type")
    /// There is a value that no parameter takes, or two for one.
    public static let unexpected = Code(text: "unexpected")
    /// The arguments are no JSON array and object.
    public static let unreadable = Code(text: "unreadable")

    let text: String
  }

  /// What went wrong.
  public let code: Code

  /// The parameter, where it is about one.
  public let name: String?

  /// One line for a person.
  public let detail: String

  init(_ code: Code, name: String?, detail: String) {
    self.code = code
    self.name = name
    self.detail = detail
  }

  /// The parameter and the detail in one line.
  public var description: String { name.map { "argument '\($0)' \(detail)" } ?? detail }
}
