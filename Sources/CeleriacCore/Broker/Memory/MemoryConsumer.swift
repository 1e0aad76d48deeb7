/// Takes messages from a memory broker.
final class MemoryConsumer: Consumer {
  private let broker: MemoryBroker
  private let queues: [QueueName]
  private let results: any ResultStore
  private let number: Int

  init(broker: MemoryBroker, queues: [QueueName], results: any ResultStore) {
    self.broker = broker
    self.queues = queues
    self.results = results
    number = broker.newConsumer()
  }

  // The broker's own results change in the same step as the loan does.
  private var sharesResults: Bool { results as? MemoryBroker === broker }

  func take(into room: Room) async throws -> [Delivery] {
    try await broker.take(upTo: room.total, from: queues, for: number)
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    if !sharesResults {
      for settlement in settlements {
        if let result = settlement.result { try await results.store(result) }
      }
    }
    return Unsettled(lost: broker.settle(settlements, for: number, sharing: sharesResults))
  }

  func close() async {
    broker.release(number)
  }
}
