import BrokerConformance
import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct MemoryBrokerTests {
  private let clock = TestClock()
  private let broker: MemoryBroker

  init() {
    broker = MemoryBroker(clock: clock)
  }

  @Test(arguments: BrokerPromise.all)
  func `the memory broker keeps what brokers promise`(_ promise: BrokerPromise) async throws {
    let clock = clock
    let subject = BrokerUnderTest(broker: broker, results: broker, clock: clock) {
      clock.advance(by: $0)
    }

    try await promise.check(on: subject)
  }

  @Test func `results of another store are stored there`() async throws {
    let store = MemoryBroker()
    let consumer = try await broker.consumer(
      ConsumerOptions(worker: "w", queues: [.default], results: store))
    try await broker.send([Message(bytes: [1], queue: .default)])
    let delivery = try await consumer.take(upTo: 1)[0]
    let record = Array(#"{"status": "SUCCESS", "result": 4}"#.utf8)

    _ = try await consumer.settle([
      Settlement(
        delivery.loan, .acknowledge,
        result: ResultWrite(id: "a", state: .success, bytes: record, expiry: .seconds(1)))
    ])

    #expect(try await store.read("a")?.valueText == "4")
    #expect(try await broker.read("a") == nil)
  }

  @Test func `a test can look at what waits, is scheduled and was given up`() async throws {
    try await broker.send((1...4).map { Message(bytes: [$0], queue: .default) })
    let consumer = try await broker.consumer(
      ConsumerOptions(worker: "w", queues: [.default], results: broker))
    let taken = try await consumer.take(upTo: 3)
    let due = clock.now() + .seconds(60)

    _ = try await consumer.settle([
      Settlement(taken[0].loan, .bury(reason: "no such task")),
      Settlement(taken[1].loan, .schedule(Message(bytes: [20], queue: .default), due: due)),
    ])

    #expect(broker.waiting() == [[4]])
    #expect(broker.scheduled().map(\.bytes) == [[20]])
    #expect(broker.scheduled().map(\.due) == [due])
    #expect(broker.deadLetters().map(\.bytes) == [[1]])
    #expect(broker.deadLetters().map(\.reason) == ["no such task"])
  }
}
