import CeleriacCore
import CeleriacTesting
import Logging
import TestSupport
import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct SettlerTests {
  @Test func `what is handed back is never seen in another order`() async throws {
    let bench = WorkerBench()
    try await bench.broker.send((1...9).map { Message(bytes: [$0], queue: .default) })
    let before = bench.broker.waiting()
    let options = ConsumerOptions(worker: "w", queues: [.default], results: bench.broker)
    let consumer = WatchedConsumer(bench.broker, try await bench.broker.consumer(options))
    let settler = Settler(consumer: consumer, logger: Logger(label: "settler"))
    let deliveries = try await consumer.take(upTo: 6)

    settler.handBack(deliveries)
    await settler.drain()

    #expect(consumer.seen.all == [before])
  }
}

/// Settles at once, on the thread of whoever asks, and notes what then waits.
private struct WatchedConsumer: Consumer {
  let broker: MemoryBroker
  let consumer: any Consumer
  let seen = Recorder<[[UInt8]]>()

  init(_ broker: MemoryBroker, _ consumer: any Consumer) {
    self.broker = broker
    self.consumer = consumer
  }

  var executor: (any TaskExecutor)? { CallersThread() }

  func take(into room: Room) async throws -> [Delivery] { try await consumer.take(into: room) }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    defer { seen.add(broker.waiting()) }
    return try await consumer.settle(settlements)
  }

  func close() async { await consumer.close() }
}

private final class CallersThread: TaskExecutor {
  func enqueue(_ job: consuming ExecutorJob) {
    job.runSynchronously(on: asUnownedTaskExecutor())
  }
}
