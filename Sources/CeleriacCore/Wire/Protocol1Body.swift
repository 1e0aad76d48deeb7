/// The body of a message in Celery's first protocol: one object with everything in it.
///
/// Celery still sends it with `task_protocol = 1`, and still accepts it.
struct Protocol1Body: Sendable {
  let bytes: [UInt8]
  var task: Range<Int>?
  var id: Range<Int>?
  var args: Range<Int>?
  var kwargs: Range<Int>?
  var retries: Range<Int>?
  var eta: Range<Int>?
  var expires: Range<Int>?
  var timeLimit: Range<Int>?
  var group: Range<Int>?
  var groupIndex: Range<Int>?
  var embed = CallBody.Embed()

  init(_ bytes: [UInt8]) throws(WireError) {
    var scanner = JSONScanner(bytes)
    guard scanner.peek() == UInt8(ascii: "{") else {
      throw WireError(.missingField, "the headers name no task, and the body is no object")
    }
    var found = Protocol1Body(unread: bytes)
    try scanner.readObject { (key, scanner) throws(WireError) in
      let value = try scanner.skipValue()
      guard !JSONText.isNull(scanner.bytes, value) else { return }
      switch String(decoding: scanner.bytes[key], as: UTF8.self) {
      case "task": found.task = value
      case "id": found.id = value
      case "args": found.args = value
      case "kwargs": found.kwargs = value
      case "retries": found.retries = value
      case "eta": found.eta = value
      case "expires": found.expires = value
      case "timelimit": found.timeLimit = value
      case "group", "taskset": found.group = value
      case "group_index": found.groupIndex = value
      case "callbacks": found.embed.callbacks = value
      case "errbacks": found.embed.errbacks = value
      case "chord": found.embed.chord = value
      default: break
      }
    }
    try scanner.finish()
    self = found
  }

  private init(unread bytes: [UInt8]) {
    self.bytes = bytes
  }

  func string(_ range: Range<Int>?) -> String? {
    range.flatMap { JSONText.string(bytes, $0) }
  }
}
