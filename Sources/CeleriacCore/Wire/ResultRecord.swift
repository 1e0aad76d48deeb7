/// The state of a call, in Celery's words.
public struct TaskState: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
  /// Nothing is known: not started, or never sent, or expired.
  public static let pending = TaskState("PENDING")

  /// A worker has taken the message.
  public static let received = TaskState("RECEIVED")

  /// The task runs.
  public static let started = TaskState("STARTED")

  /// The task has returned.
  public static let success = TaskState("SUCCESS")

  /// The task has thrown, and will not be tried again.
  public static let failure = TaskState("FAILURE")

  /// The task has thrown, and will be tried again.
  public static let retry = TaskState("RETRY")

  /// The call was revoked, or has expired before it started.
  public static let revoked = TaskState("REVOKED")

  /// The task runs and has reported how far it is.
  public static let progress = TaskState("PROGRESS")

  /// The word on the wire.
  public let rawValue: String

  /// Takes a word from the wire; tasks may make up their own.
  public init(rawValue: String) {
    self.rawValue = rawValue
  }

  private init(_ word: String) {
    rawValue = word
  }

  /// Whether the state is the last one of its call.
  public var isFinal: Bool { self == .success || self == .failure || self == .revoked }

  /// The word, lower case.
  public var description: String { rawValue.lowercased() }
}

/// What the result store keeps of one call.
public struct ResultRecord: Sendable {
  /// The record's JSON text.
  public let bytes: [UInt8]

  /// How far the call is.
  public let state: TaskState

  /// Where the value, the exception or the progress stands.
  package let value: Range<Int>

  /// Where the task failed, as the worker wrote it down.
  public let traceback: String?

  /// Reads a record.
  ///
  /// - Throws: ``WireError`` when the bytes are no JSON object with a status.
  public init(_ bytes: [UInt8]) throws(WireError) {
    guard bytes.first != 0 else {
      throw WireError(.unsupportedEncoding, "the result is compressed")
    }
    var status: String?
    var value: Range<Int>?
    var traceback: String?
    var scanner = JSONScanner(bytes)
    try scanner.readObject { (key, scanner) throws(WireError) in
      let range = try scanner.skipValue()
      switch String(decoding: bytes[key], as: UTF8.self) {
      case "status": status = JSONText.string(bytes, range)
      case "result": value = range
      case "traceback": traceback = JSONText.string(bytes, range)
      default: break
      }
    }
    try scanner.finish()
    guard let status, let value else {
      throw WireError(.missingField, "the result has no 'status' or no 'result'")
    }
    self.bytes = bytes
    self.value = value
    self.traceback = traceback
    state = TaskState(rawValue: status)
  }

  /// The JSON text of the value.
  public var valueText: String { String(decoding: bytes[value], as: UTF8.self) }
}
