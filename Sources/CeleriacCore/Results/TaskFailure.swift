/// A task has thrown, here or in Python, and this is what its worker has written down.
public struct TaskFailure: Error, Equatable, CustomStringConvertible {
  /// The call that failed.
  public let id: TaskID

  /// The type of the error: a Swift type or a Python class.
  public let type: String

  /// What the error says.
  public let message: String

  /// The Python module of the class, or the Swift module of the type.
  public let module: String?

  /// Where it happened, as text.
  public let traceback: String?

  /// Type and message in one line.
  public var description: String {
    "task [\(id)] failed: \(type)\(message.isEmpty ? "" : ": \(message)")"
  }
}

/// A call was revoked, or expired before it started.
public struct TaskRevoked: Error, Equatable, CustomStringConvertible {
  /// The call.
  public let id: TaskID

  /// `revoked`, `expired` or `terminated`.
  public let reason: String

  /// The call and the reason in one line.
  public var description: String { "task [\(id)] was revoked: \(reason)" }
}

/// A result did not come in time.
///
/// The call may still run: waiting for a result changes nothing about it.
public struct TaskTimedOut: Error, Equatable, CustomStringConvertible {
  /// The call.
  public let id: TaskID

  /// How long its result was waited for.
  public let limit: Duration

  /// The call and the time in one line.
  public var description: String { "task [\(id)] has no result after \(limit)" }
}

extension ResultRecord {
  /// The exception that a record of a failure holds.
  func failure(of id: TaskID) -> TaskFailure {
    var type = "Error"
    var module: String?
    var message = ""
    var scanner = JSONScanner(bytes, in: value)
    try? scanner.readObject { (key, scanner) throws(WireError) in
      let range = try scanner.skipValue()
      switch String(decoding: bytes[key], as: UTF8.self) {
      case "exc_type": type = JSONText.string(bytes, range) ?? type
      case "exc_module": module = JSONText.string(bytes, range)
      case "exc_message": message = exceptionMessage(range)
      default: break
      }
    }
    return TaskFailure(
      id: id, type: type, message: message, module: module, traceback: traceback)
  }

  // Python writes the constructor's arguments, older peers a plain string.
  private func exceptionMessage(_ range: Range<Int>) -> String {
    if let text = JSONText.string(bytes, range) { return text }
    var parts: [String] = []
    var scanner = JSONScanner(bytes, in: range)
    try? scanner.readArray { (scanner) throws(WireError) in
      let part = try scanner.skipValue()
      parts.append(
        JSONText.string(bytes, part) ?? String(decoding: bytes[part], as: UTF8.self))
    }
    return parts.joined(separator: ", ")
  }
}
