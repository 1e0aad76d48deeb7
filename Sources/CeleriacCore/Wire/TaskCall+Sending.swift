package import CeleriacSchedule

extension TaskCall {
  /// The message of the next attempt: same id, all that others put into it, its own id as parent.
  ///
  /// - Parameters:
  ///   - due: When it shall run.
  ///   - counting: Whether it counts as a further attempt.
  ///   - queue: The queue that the call came from.
  /// - Returns: The message to be scheduled.
  package func retryMessage(due: Timestamp, counting: Bool, queue: QueueName) -> Message {
    let retries = counting ? retries + 1 : retries
    let bytes =
      isProtocol1
      ? MessageWriter.envelope(
        protocol2(retries: retries, eta: due, queue: queue), origin: ProcessIdentity.origin)
      : envelope.rewritten([.retries(retries), .eta(due), .parentID(id)])
    return Message(bytes: bytes, queue: queue, priority: priority)
  }

  /// The record of a state of this call, for the result store.
  package func result(
    _ state: TaskState, value: [UInt8], traceback: String? = nil, at time: Timestamp,
    expiry: Duration
  ) -> ResultWrite {
    let record = ResultWriter.record(
      state, of: (id, parentID, groupID), value: value, traceback: traceback,
      doneAt: state.isFinal ? time : nil)
    return ResultWrite(id: id, state: state, bytes: record, expiry: expiry)
  }

  // The first protocol has its counters inside the body, so the message is written anew.
  private func protocol2(retries: Int, eta: Timestamp, queue: QueueName) -> MessageContent {
    var content = MessageContent(
      task: task, id: id, args: body.argsText, kwargs: body.kwargsText, queue: queue)
    content.embed = body.embedText
    content.rootID = rootID
    content.parentID = id
    content.groupID = groupID
    content.eta = eta
    content.expires = expires
    content.softTimeLimit = softTimeLimit
    content.hardTimeLimit = hardTimeLimit
    content.retries = retries
    content.priority = priority
    return content
  }
}

extension CallBody {
  var argsText: [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "[")]
    for (index, range) in positional.enumerated() {
      if index > 0 { output.append(json: ", ") }
      output += bytes[range]
    }
    output.append(UInt8(ascii: "]"))
    return output
  }

  var kwargsText: [UInt8] {
    var output: [UInt8] = [UInt8(ascii: "{")]
    for (index, keyword) in keywords.enumerated() {
      if index > 0 { output.append(json: ", ") }
      output.append(jsonString: keyword.name)
      output.append(json: ": ")
      output += bytes[keyword.value]
    }
    output.append(UInt8(ascii: "}"))
    return output
  }

  var embedText: [UInt8] {
    var output: [UInt8] = []
    for (name, range) in [
      (#"{"callbacks": "#, embed.callbacks), (#", "errbacks": "#, embed.errbacks),
      (#", "chain": "#, embed.chain), (#", "chord": "#, embed.chord),
    ] {
      output.append(raw: name)
      if let range { output += bytes[range] } else { output.append(json: "null") }
    }
    output.append(UInt8(ascii: "}"))
    return output
  }
}
