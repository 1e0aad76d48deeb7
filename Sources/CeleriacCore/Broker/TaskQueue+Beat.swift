extension TaskQueue {
  /// The message of a call that beat is about to send, and the call's id.
  package func messageFromBeat<Output>(
    _ signature: Signature<Output>
  ) throws(ArgumentError) -> (id: TaskID, message: Message) {
    var content = try signature.call.content(
      at: clock.now(), defaultQueue: defaultQueue, sender: nil)
    content.isFromBeat = true
    return (content.id, content.message(origin: origin))
  }
}

extension Signature {
  /// The name of the task that is called.
  package var taskName: String { call.task }
}
