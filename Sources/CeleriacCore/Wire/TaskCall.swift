public import CeleriacSchedule

/// One request to run a task, read from a message.
public struct TaskCall: Sendable {
  /// The name of the task to run.
  public let task: String

  /// The name of this call; a retry keeps it.
  public let id: TaskID

  /// The first call of the workflow that this one belongs to; its own id without a workflow.
  public let rootID: TaskID

  /// The call that sent this one, if a task did.
  public let parentID: TaskID?

  /// The group that this call belongs to, if any.
  public let groupID: String?

  /// How often the call was retried before.
  public let retries: Int

  /// The moment before which the call must not run.
  public let eta: Timestamp?

  /// The moment after which the call must not start.
  public let expires: Timestamp?

  /// How long the task may run before it is cancelled.
  public let softTimeLimit: Duration?

  /// How long the task may run before Celery would kill its process.
  public let hardTimeLimit: Duration?

  /// Whether the sender wants no result; nil leaves it to the task.
  public let ignoresResult: Bool?

  /// The message's priority, 0 (first) to 9 (last).
  public let priority: Int

  /// The message that the call came in.
  public let envelope: Envelope

  let body: CallBody
  let isProtocol1: Bool

  /// Which try this is, from 1.
  public var attempt: Int { retries + 1 }

  /// The arguments, ready to be read by a task.
  public var arguments: Arguments { Arguments(body) }
}

extension TaskCall {
  /// Reads the call from the bytes of a message.
  ///
  /// - Throws: ``MessageError`` that names task and id as far as they could be read.
  public init(message bytes: [UInt8]) throws(MessageError) {
    let envelope: Envelope
    do {
      envelope = try Envelope(bytes)
    } catch {
      throw MessageError(.malformedMessage, detail: error.description)
    }
    try self.init(envelope)
  }

  init(_ envelope: Envelope) throws(MessageError) {
    func malformed(_ error: WireError) -> MessageError {
      MessageError(
        error.code == .unsupportedEncoding ? .unsupportedContent : .malformedBody,
        task: envelope.task, id: envelope.id, detail: error.description)
    }
    let content: Result<Content, WireError> = Result { () throws(WireError) in
      let text = try envelope.bodyText()
      guard envelope.hasTask else { return .protocol1(try Protocol1Body(text)) }
      var scanner = JSONScanner(text)
      guard scanner.peek() == UInt8(ascii: "{") else { return .protocol2(try CallBody(text)) }
      // A hybrid, which Celery reads as well: named by its headers, with a body of protocol 1.
      let body = try Protocol1Body(text)
      guard body.args != nil else {
        throw WireError(.wrongType, "the body is no array of arguments, keywords and links")
      }
      return .protocol1(body)
    }
    switch content {
    case .success(.protocol2(let body)):
      guard let id = envelope.id, !id.rawValue.isEmpty else {
        throw MessageError(
          .missingID, task: envelope.task, detail: "the headers have no 'id'")
      }
      try self.init(envelope, task: envelope.task ?? "", id: id, body: body)
    case .success(.protocol1(let body)):
      try self.init(envelope, protocol1: body)
    case .failure(let error):
      throw malformed(error)
    }
  }

  private enum Content {
    case protocol1(Protocol1Body)
    case protocol2(CallBody)
  }

  private init(
    _ envelope: Envelope, task: String, id: TaskID, body: CallBody
  ) throws(MessageError) {
    let headers = envelope.headers
    let fields = HeaderReader(bytes: envelope.bytes, task: task, id: id)
    let limits = fields.timeLimits(headers.timeLimit)
    self.init(
      task: task, id: id,
      rootID: envelope.rootID ?? id,
      parentID: envelope.string(headers.parentID).map { TaskID($0) },
      groupID: envelope.string(headers.group),
      retries: fields.count(headers.retries),
      eta: try fields.timestamp(headers.eta, name: "eta"),
      expires: try fields.timestamp(headers.expires, name: "expires"),
      softTimeLimit: limits.soft, hardTimeLimit: limits.hard,
      ignoresResult: headers.ignoreResult.flatMap { JSONText.bool(envelope.bytes, $0) },
      priority: envelope.priority, envelope: envelope, body: body, isProtocol1: false)
  }

  private init(_ envelope: Envelope, protocol1 body: Protocol1Body) throws(MessageError) {
    guard let task = body.string(body.task) ?? envelope.task else {
      throw MessageError(
        .malformedBody, detail: "neither the headers nor the body name a task")
    }
    guard let id = body.string(body.id).map({ TaskID($0) }) ?? envelope.id, !id.rawValue.isEmpty
    else {
      throw MessageError(.missingID, task: task, detail: "the body has no 'id'")
    }
    let call: CallBody
    do {
      call = try CallBody(protocol1: body)
    } catch {
      throw MessageError(.malformedBody, task: task, id: id, detail: error.description)
    }
    let fields = HeaderReader(bytes: body.bytes, task: task, id: id)
    let limits = fields.timeLimits(body.timeLimit)
    self.init(
      task: task, id: id, rootID: id, parentID: nil,
      groupID: body.string(body.group),
      retries: fields.count(body.retries),
      eta: try fields.timestamp(body.eta, name: "eta"),
      expires: try fields.timestamp(body.expires, name: "expires"),
      softTimeLimit: limits.soft, hardTimeLimit: limits.hard, ignoresResult: nil,
      priority: envelope.priority, envelope: envelope, body: call,
      isProtocol1: true)
  }
}

// The headers of both protocols have the same values in different places.
private struct HeaderReader {
  let bytes: [UInt8]
  let task: String
  let id: TaskID

  // A count that anybody can go on counting from; what is none is 0.
  func count(_ range: Range<Int>?) -> Int {
    guard let range else { return 0 }
    // Python runs a message whose count came as a string, so it is read here as well.
    let count = JSONText.integer(bytes, range) ?? JSONText.string(bytes, range).flatMap { Int($0) }
    return min(max(count ?? 0, 0), Int(Int32.max))
  }

  func timestamp(_ range: Range<Int>?, name: String) throws(MessageError) -> Timestamp? {
    guard let range, !JSONText.isNull(bytes, range) else { return nil }
    if let text = JSONText.string(bytes, range), let time = Timestamp(iso8601: text.utf8) {
      return time
    }
    throw MessageError(
      .malformedMessage, task: task, id: id,
      detail: "'\(name)' is no ISO 8601 time: \(String(decoding: bytes[range], as: UTF8.self))")
  }

  // `[hard, soft]`, each seconds or null; what is anything else is no limit.
  func timeLimits(_ range: Range<Int>?) -> (hard: Duration?, soft: Duration?) {
    // What nearly every message says is recognized as it stands.
    guard let range, !("[null, null]" ~= JSONKey(bytes, range)) else { return (nil, nil) }
    var limits: [Duration?] = []
    var scanner = JSONScanner(bytes, in: range)
    try? scanner.readArray { (scanner) throws(WireError) in
      let value = try scanner.skipValue()
      let seconds = JSONText.double(bytes, value).flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
      // A limit of a thousand years is none, and `Duration` holds no more than 10^20 seconds.
      limits.append(seconds.map { .seconds(min($0, 3e10)) })
    }
    return (limits.first ?? nil, limits.count > 1 ? limits[1] : nil)
  }
}
