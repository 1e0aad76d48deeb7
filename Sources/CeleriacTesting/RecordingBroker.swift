import CeleriacCore
import CeleriacSchedule
import Synchronization

/// A broker in memory that remembers what was sent to it.
final class RecordingBroker: ForwardingBroker {
  /// The messages, of which those that run leave no trace here.
  let memory: MemoryBroker

  private struct Record {
    var sent: [(call: TaskCall, queue: QueueName)] = []
    var queues: [QueueName] = []
  }

  private let record = Mutex(Record())

  init(clock: any WallClock) {
    memory = MemoryBroker(clock: clock)
  }

  /// The calls that were sent, in order.
  var sent: [(call: TaskCall, queue: QueueName)] { record.withLock { $0.sent } }

  /// The queues that something was sent to, in that order.
  var queues: [QueueName] { record.withLock { $0.queues } }

  /// Whether a worker that asks now is given something at once.
  var hasDueMessage: Bool { memory.hasDueMessage(in: queues) }

  private func note(_ messages: [Message]) {
    // What cannot be read is no call; the run that takes it says so.
    let calls = messages.compactMap { message in
      (try? TaskCall(message: message.bytes)).map { ($0, message.queue) }
    }
    record.withLock { record in
      // A retry that is sent anew, because its first run was acknowledged early, is its own parent.
      record.sent += calls.filter { $0.0.parentID != $0.0.id }
      for message in messages where !record.queues.contains(message.queue) {
        record.queues.append(message.queue)
      }
    }
  }
}

extension RecordingBroker {
  func send(_ messages: [Message]) async throws(BrokerError) {
    note(messages)
    try await memory.send(messages)
  }

  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    let isFirst = try await memory.fire(entry, due: due, message: message)
    if isFirst { note([message]) }
    return isFirst
  }
}
