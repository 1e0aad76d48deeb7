/// What a message is made of, before it is bytes.
struct MessageContent {
  var task: String
  var id: TaskID
  var args: [UInt8]
  var kwargs: [UInt8]
  /// Links, chain and chord.
  var embed = noLinks
  var queue: QueueName
  var rootID: TaskID?
  var parentID: TaskID?
  var groupID: String?
  var eta: Timestamp?
  var expires: Timestamp?
  var softTimeLimit: Duration?
  var hardTimeLimit: Duration?
  var retries = 0
  var priority = 0
  var ignoresResult = false
  var isFromBeat = false
  var headers: [(name: String, value: [UInt8])] = []

  private static let noLinks = Array(
    #"{"callbacks": null, "errbacks": null, "chain": null, "chord": null}"#.utf8)
}

/// Writes Celery's protocol 2: the headers for routing and logging, and the body in base64.
enum MessageWriter {
  /// Writes the envelope in one pass.
  static func envelope(_ content: MessageContent, origin: String) -> [UInt8] {
    let repr = PythonRepr(args: content.args, kwargs: content.kwargs)
    let capacity = 896 + 2 * (content.args.count + content.kwargs.count) + content.embed.count
    var output = MessageBuffer(capacity: capacity)
    output.append(json: #"{"body": ""#)
    output.append(base64: body(content))
    output.append(
      json: #"", "content-encoding": "utf-8", "content-type": "application/json", "headers": {"#)
    output.append(json: #""lang": "swift", "task": "#)
    output.append(jsonString: content.task)
    output.append(json: #", "id": "#)
    let start = output.count
    output.append(jsonString: content.id.rawValue)
    let id = start..<output.count
    append(conditionsOf: content, to: &output)
    output.append(json: #", "root_id": "#)
    if let root = content.rootID {
      output.append(jsonString: root.rawValue)
    } else {
      output.append(again: id)
    }
    output.append(json: #", "parent_id": "#)
    output.append(jsonString: content.parentID?.rawValue)
    output.append(json: #", "argsrepr": "#)
    output.append(jsonString: repr.args)
    output.append(json: #", "kwargsrepr": "#)
    output.append(jsonString: repr.kwargs)
    output.append(json: #", "origin": "#)
    output.append(jsonString: origin)
    output.append(json: #", "ignore_result": "#)
    output.append(json: content.ignoresResult)
    output.append(
      json: #", "replaced_task_nesting": 0, "stamped_headers": null, "stamps": {}"#)
    if content.isFromBeat { output.append(json: #", "celery_beat_task": true"#) }
    for header in content.headers {
      output.append(json: ", ")
      output.append(jsonString: header.name)
      output.append(json: ": ")
      output.append(raw: header.value)
    }
    output.append(json: #"}, "properties": {"correlation_id": "#)
    output.append(again: id)
    output.append(
      json: #", "delivery_mode": 2, "delivery_info": {"exchange": "", "routing_key": "#)
    output.append(jsonString: content.queue.rawValue)
    output.append(json: #"}, "priority": "#)
    output.append(json: content.priority)
    output.append(json: #", "body_encoding": "base64", "delivery_tag": ""#)
    output.append(RandomUUID())
    output.append(json: #""}}"#)
    return output.bytes
  }

  // When and how long it may run. Most calls say nothing of it, and that is one piece instead of ten.
  private static func append(
    conditionsOf content: MessageContent, to output: inout MessageBuffer
  ) {
    guard content.hasConditions else {
      return output.append(
        json: """
          , "shadow": null, "eta": null, "expires": null, "group": null, "group_index": null, \
          "retries": 0, "timelimit": [null, null]
          """)
    }
    output.append(json: #", "shadow": null, "eta": "#)
    output.append(jsonTimestamp: content.eta)
    output.append(json: #", "expires": "#)
    output.append(jsonTimestamp: content.expires)
    output.append(json: #", "group": "#)
    output.append(jsonString: content.groupID)
    output.append(json: #", "group_index": null, "retries": "#)
    output.append(json: content.retries)
    output.append(json: #", "timelimit": ["#)
    output.append(jsonSeconds: content.hardTimeLimit)
    output.append(json: ", ")
    output.append(jsonSeconds: content.softTimeLimit)
    output.append(UInt8(ascii: "]"))
  }

  private static func body(_ content: MessageContent) -> MessageBuffer {
    var body = MessageBuffer(
      capacity: content.args.count + content.kwargs.count + content.embed.count + 6)
    body.append(UInt8(ascii: "["))
    body.append(raw: content.args)
    body.append(json: ", ")
    body.append(raw: content.kwargs)
    body.append(json: ", ")
    body.append(raw: content.embed)
    body.append(UInt8(ascii: "]"))
    return body
  }
}

extension MessageContent {
  fileprivate var hasConditions: Bool {
    eta != nil || expires != nil || groupID != nil || retries != 0 || softTimeLimit != nil
      || hardTimeLimit != nil
  }
}
