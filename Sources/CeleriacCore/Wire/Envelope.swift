/// A message as it stands in Redis: its bytes, and where its fields are in them.
///
/// One pass over the bytes finds everything; values are read on demand and unknown fields stay as
/// they are, so a message can be sent on with all that others put into it.
public struct Envelope: Sendable {
  /// The JSON text, exactly as received.
  public let bytes: [UInt8]

  var body: Range<Int>?
  var contentType: Range<Int>?
  var headers = Headers()
  var properties = Properties()

  /// Where the headers that matter to a worker stand; the values' ranges.
  struct Headers: Sendable {
    // Where a new header can be put in, or nil without a headers object.
    var start: Int?
    var isEmpty = true
    var task: Range<Int>?
    var id: Range<Int>?
    var rootID: Range<Int>?
    var parentID: Range<Int>?
    var group: Range<Int>?
    var groupIndex: Range<Int>?
    var eta: Range<Int>?
    var expires: Range<Int>?
    var retries: Range<Int>?
    var timeLimit: Range<Int>?
    var ignoreResult: Range<Int>?
    var compression: Range<Int>?
  }

  /// Where the properties that matter to a worker stand.
  struct Properties: Sendable {
    var bodyEncoding: Range<Int>?
    var deliveryTag: Range<Int>?
    var priority: Range<Int>?
    var exchange: Range<Int>?
    var routingKey: Range<Int>?
  }

  /// Finds the fields of a message.
  ///
  /// - Throws: ``WireError`` when the bytes are no JSON object, or a part that must be an object
  ///   is something else.
  public init(_ bytes: [UInt8]) throws(WireError) {
    var scanner = JSONScanner(bytes)
    guard scanner.peek() == UInt8(ascii: "{") else {
      // Tells what is no JSON at all from JSON of another kind.
      _ = try scanner.skipValue()
      throw WireError(.wrongType, "the message is no object")
    }
    var found = Envelope(unread: bytes)
    try scanner.readObject { (key, scanner) throws(WireError) in
      switch JSONKey(bytes, key) {
      case "headers": try found.readHeaders(&scanner)
      case "properties": try found.readProperties(&scanner)
      case "body": found.body = try scanner.skipValue()
      case "content-type": found.contentType = try scanner.skipValue()
      default: _ = try scanner.skipValue()
      }
    }
    try scanner.finish()
    self = found
  }

  private init(unread bytes: [UInt8]) {
    self.bytes = bytes
  }

  private mutating func readHeaders(_ scanner: inout JSONScanner) throws(WireError) {
    guard scanner.peek() == UInt8(ascii: "{") else {
      let range = try scanner.skipValue()
      guard JSONText.isNull(bytes, range) else {
        throw WireError(.wrongType, "'headers' is no object")
      }
      return
    }
    var found = Headers()
    found.start = scanner.position + 1
    try scanner.readObject { (key, scanner) throws(WireError) in
      let value = try scanner.skipValue()
      found.isEmpty = false
      switch JSONKey(scanner.bytes, key) {
      case "task": found.task = value
      case "id": found.id = value
      case "root_id": found.rootID = value
      case "parent_id": found.parentID = value
      case "group": found.group = value
      case "group_index": found.groupIndex = value
      case "eta": found.eta = value
      case "expires": found.expires = value
      case "retries": found.retries = value
      case "timelimit": found.timeLimit = value
      case "ignore_result": found.ignoreResult = value
      case "compression": found.compression = value
      default: break
      }
    }
    headers = found
  }

  private mutating func readProperties(_ scanner: inout JSONScanner) throws(WireError) {
    guard scanner.peek() == UInt8(ascii: "{") else {
      _ = try scanner.skipValue()
      throw WireError(.wrongType, "'properties' is no object")
    }
    var found = Properties()
    try scanner.readObject { (key, scanner) throws(WireError) in
      let name = JSONKey(scanner.bytes, key)
      if "delivery_info" ~= name, scanner.peek() == UInt8(ascii: "{") {
        return try scanner.readObject { (key, scanner) throws(WireError) in
          let value = try scanner.skipValue()
          switch JSONKey(scanner.bytes, key) {
          case "exchange": found.exchange = value
          case "routing_key": found.routingKey = value
          default: break
          }
        }
      }
      let value = try scanner.skipValue()
      switch name {
      case "body_encoding": found.bodyEncoding = value
      case "delivery_tag": found.deliveryTag = value
      case "priority": found.priority = value
      default: break
      }
    }
    properties = found
  }
}

extension Envelope {
  /// The task's name, when it stands in the headers (protocol 2).
  public var task: String? { string(headers.task) }

  /// The id of the call, when it stands in the headers.
  public var id: TaskID? { string(headers.id).map { TaskID($0) } }

  /// The first call of the workflow, when it stands in the headers and is another one.
  var rootID: TaskID? {
    isSame(headers.rootID, headers.id) ? nil : string(headers.rootID).map { TaskID($0) }
  }

  /// Whether the headers name a task: protocol 2.
  var hasTask: Bool { headers.task.map { bytes[$0.lowerBound] == UInt8(ascii: "\"") } ?? false }

  /// The acknowledgement handle that Python peers use, unique per publish.
  public var deliveryTag: String? { string(properties.deliveryTag) }

  /// The queue the message was sent to.
  public var routingKey: String? { string(properties.routingKey) }

  /// The priority, 0 (first) to 9 (last); what can't be read is 0, as in Celery.
  public var priority: Int { min(max(integer(properties.priority) ?? 0, 0), 9) }

  /// A header of the application's own, when it is text.
  ///
  /// Reads the headers anew: worth it for the few tasks that ask.
  public func header(_ name: String) -> String? {
    guard let start = headers.start else { return nil }
    var found: String?
    var scanner = JSONScanner(bytes, in: start - 1..<bytes.count)
    try? scanner.readObject { (key, scanner) throws(WireError) in
      let value = try scanner.skipValue()
      if bytes[key].elementsEqual(name.utf8) { found = JSONText.string(bytes, value) }
    }
    return found
  }

  func string(_ range: Range<Int>?) -> String? {
    range.flatMap { JSONText.string(bytes, $0) }
  }

  /// Whether two values are the same text: the ids of a message often are.
  func isSame(_ one: Range<Int>?, _ other: Range<Int>?) -> Bool {
    guard let one, let other, one.count == other.count else { return false }
    return bytes.withUnsafeBytes { bytes in
      var (left, right, rest) = (one.lowerBound, other.lowerBound, one.count)
      while rest >= 8 {
        guard
          bytes.loadUnaligned(fromByteOffset: left, as: UInt64.self)
            == bytes.loadUnaligned(fromByteOffset: right, as: UInt64.self)
        else { return false }
        (left, right, rest) = (left + 8, right + 8, rest - 8)
      }
      return bytes[left..<left + rest].elementsEqual(bytes[right..<right + rest])
    }
  }

  func integer(_ range: Range<Int>?) -> Int? {
    range.flatMap { JSONText.integer(bytes, $0) }
  }

  func isPresent(_ range: Range<Int>?) -> Bool {
    range.map { !JSONText.isNull(bytes, $0) } ?? false
  }
}
