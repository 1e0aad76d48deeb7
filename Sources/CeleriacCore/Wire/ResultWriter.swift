/// Writes the records that Celery's Redis backend keeps.
enum ResultWriter {
  static func record(
    _ state: TaskState, of call: (id: TaskID, parentID: TaskID?, groupID: String?),
    value: [UInt8], traceback: String? = nil, doneAt: Timestamp?
  ) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(192 + value.count + (traceback?.utf8.count ?? 0))
    output.append(json: #"{"status": ""#)
    output.append(raw: state.rawValue)
    output.append(json: #"", "result": "#)
    output += value
    output.append(json: #", "traceback": "#)
    output.append(jsonString: traceback)
    output.append(json: #", "children": [], "date_done": "#)
    output.append(jsonTimestamp: doneAt)
    if let group = call.groupID {
      output.append(json: #", "group_id": "#)
      output.append(jsonString: group)
    }
    if let parent = call.parentID {
      output.append(json: #", "parent_id": "#)
      output.append(jsonString: parent.rawValue)
    }
    output.append(json: #", "task_id": "#)
    output.append(jsonString: call.id.rawValue)
    output.append(UInt8(ascii: "}"))
    return output
  }

  /// An exception as Python's client rebuilds it: class, arguments, module.
  static func exception(type: String, arguments: [String], module: String) -> [UInt8] {
    var output: [UInt8] = []
    output.append(json: #"{"exc_type": "#)
    output.append(jsonString: type)
    output.append(json: #", "exc_message": ["#)
    for (index, argument) in arguments.enumerated() {
      if index > 0 { output.append(json: ", ") }
      output.append(jsonString: argument)
    }
    output.append(json: #"], "exc_module": "#)
    output.append(jsonString: module)
    output.append(UInt8(ascii: "}"))
    return output
  }
}
