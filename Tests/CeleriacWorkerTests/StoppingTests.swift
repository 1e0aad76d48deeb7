import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import Synchronization
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
  private let bench = WorkerBench()
  private let door = Door()
  private let started = Recorder<Int>()

  private var hold: TaskDefinition<Int, Int> {
    TaskDefinition("hold", labels: ["number"]) { [started, door] (number: Int) in
      started.add(number)
      await door.pass()
      return number
    }
  }

  @Test func `no more run than may, and no more are taken than can soon run`() async throws {
    let results = try await bench.queue.send((1...20).map { hold.s($0) })
    try await bench.run([hold], concurrency: 3, prefetch: 4) { _ async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 3 })
      #expect(try await eventually(.seconds(30)) { bench.broker.waiting().count == 13 })
      try await Task.sleep(for: .milliseconds(50))  // time enough to take too many
      #expect(started.all.sorted() == [1, 2, 3])
      #expect(bench.broker.waiting().count == 13)

      door.open()
      for result in results { _ = try await result.value(within: .seconds(5)) }
      #expect(started.all.sorted() == Array(1...20))
    }
  }

  @Test func `a stop takes nothing more, hands back in order, and lets run what runs`() async throws
  {
    let results = try await bench.queue.send((1...6).map { hold.s($0).id(TaskID("\($0)")) })
    let before = bench.broker.waiting()
    try await bench.run([hold], concurrency: 2, prefetch: 2) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 2 })
      #expect(try await eventually(.seconds(30)) { bench.broker.waiting().count == 2 })
      async let stopping: Void = run.stop()
      #expect(try await eventually(.seconds(30)) { bench.broker.waiting() == Array(before[2...]) })
      door.open()
      await stopping
    }
    #expect(bench.broker.waiting() == Array(before[2...]))
    #expect(try await bench.state(of: results[0].id) == .success)
    #expect(try await bench.state(of: results[1].id) == .success)
  }

  @Test func `a task that outlasts the stop is handed back`() async throws {
    _ = try await bench.queue.send(hold.s(1))
    let before = bench.broker.waiting()
    try await bench.run(
      [hold], configure: { $0.stopTimeout = .milliseconds(50) }
    ) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      await run.stop()
      #expect(bench.broker.waiting() == before)
      door.open()
    }
    #expect(bench.broker.waiting() == before)
  }

  @Test func `a task that fails because it is cancelled is handed back, not failed`() async throws {
    let client = TaskDefinition("client") { [started] () async throws -> Int in
      started.add(1)
      do {
        try await Task.sleep(for: .seconds(60))
      } catch {
        throw Boom()  // as a client does whose request was cancelled
      }
      return 0
    }
    let result = try await bench.queue.send(client.s())
    try await bench.run([client], configure: { $0.stopTimeout = .zero }) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      await run.stop()
    }
    #expect(bench.broker.waiting().count == 1)
    #expect(try await bench.state(of: result.id) == nil)
  }

  @Test func `cancellation hands back at once`() async throws {
    _ = try await bench.queue.send((1...3).map { hold.s($0) })
    let before = bench.broker.waiting()
    try await bench.run([hold], concurrency: 1, prefetch: 1) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      let start = ContinuousClock.now
      await run.cancel()
      #expect(start.duration(to: .now) < .seconds(1))
      #expect(bench.broker.waiting() == before)
      door.open()
    }
  }

  @Test func `an outage is said once, and its end`() async throws {
    let add = TaskDefinition("add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y }
    let broker = UnsteadyBroker(bench.broker)
    try await bench.run([add], on: broker) { _ async throws in
      broker.isDown = true
      // Ends the take that waits already.
      _ = try await bench.queue.send(add.s(1, 1))
      #expect(try await eventually(.seconds(30)) { broker.refusals > 5 })
      broker.isDown = false
      let result = try await bench.queue.send(add.s(2, 2))
      #expect(try await result.value(within: .seconds(5)) == 4)
    }
    #expect(bench.log.all.count { $0.contains("broker unreachable") } == 1)
    #expect(bench.log.all.count { $0.contains("broker reached again") } == 1)
  }

  @Test func `a worker that waits for its broker can be stopped`() async throws {
    let broker = UnsteadyBroker(bench.broker)
    broker.isDown = true
    try await bench.run([hold], on: broker) { run async throws in
      #expect(try await eventually(.seconds(30)) { broker.refusals > 1 })
      let start = ContinuousClock.now
      await run.stop()
      #expect(start.duration(to: .now) < .seconds(2))
    }
  }

  @Test func `a stop does not wait for a broker that is away`() async throws {
    let broker = UnsteadyBroker(bench.broker)
    _ = try await bench.queue.send((1...3).map { hold.s($0) })
    try await bench.run([hold], concurrency: 1, prefetch: 2, on: broker) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      broker.isDown = true
      door.open()
      let start = ContinuousClock.now
      await run.stop()
      #expect(start.duration(to: .now) < .seconds(4))
    }
  }

  @Test func `what waits its turn is not started after its loan was lost`() async throws {
    let broker = UnsteadyBroker(bench.broker)
    _ = try await bench.queue.send((1...3).map { hold.s($0) })
    try await bench.run([hold], concurrency: 1, prefetch: 2, on: broker) { _ async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      #expect(try await eventually(.seconds(30)) { broker.taken.count == 3 })
      broker.loseAll()
      door.open()
      let last = try await bench.queue.send(hold.s(4))
      _ = try await last.value(within: .seconds(5))
    }
    #expect(started.all == [1, 4])
  }

  @Test func `an early acknowledgement that may be too late starts nothing`() async throws {
    let broker = UnsteadyBroker(bench.broker)
    let once = TaskDefinition("once", options: TaskOptions(acknowledge: .early)) {
      [started] (number: Int) in
      started.add(number)
    }
    broker.isCutByTaking = true
    _ = try await bench.queue.send(once.s(1))
    try await bench.run([once], concurrency: 1, prefetch: 0, on: broker) { _ async throws in
      #expect(try await eventually(.seconds(30)) { broker.refusals > 0 })
      broker.loseAll()
      broker.isCutByTaking = false
      broker.isDown = false
      let last = try await bench.queue.send(once.s(2))
      _ = try await last.value(within: .seconds(5))
    }
    #expect(started.all == [2], "somebody else has the first")
  }
}

/// The broker in memory behind a line that can be cut.
private final class UnsteadyBroker: Broker {
  private struct State {
    var isDown = false
    var isCutByTaking = false
    var refusals = 0
    var taken: [Loan] = []
    var onLost: @Sendable ([Loan]) -> Void = { _ in }
  }

  private let broker: MemoryBroker
  private let state = Mutex(State())

  init(_ broker: MemoryBroker) { self.broker = broker }

  var name: String { "unsteady" }
  var refusals: Int { state.withLock { $0.refusals } }
  var taken: [Loan] { state.withLock { $0.taken } }

  var isDown: Bool {
    get { state.withLock { $0.isDown } }
    set { state.withLock { $0.isDown = newValue } }
  }

  /// Whether the line is cut as soon as something is taken.
  var isCutByTaking: Bool {
    get { state.withLock { $0.isCutByTaking } }
    set { state.withLock { $0.isCutByTaking = newValue } }
  }

  func loseAll() {
    let (onLost, loans) = state.withLock { ($0.onLost, $0.taken) }
    onLost(loans)
  }

  func check() throws(BrokerError) {
    let isDown = state.withLock { state in
      if state.isDown { state.refusals += 1 }
      return state.isDown
    }
    if isDown { throw BrokerError(.unreachable, detail: "the line is cut") }
  }

  func note(_ loans: [Loan]) {
    state.withLock { state in
      state.taken += loans
      if state.isCutByTaking { state.isDown = true }
    }
  }

  func send(_ messages: [Message]) async throws(BrokerError) { try await broker.send(messages) }

  func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    try check()
    state.withLock { $0.onLost = options.onLost }
    return UnsteadyConsumer(broker: self, consumer: try await broker.consumer(options))
  }

  func length(of queue: QueueName) async throws(BrokerError) -> Int {
    try await broker.length(of: queue)
  }

  func purge(_ queue: QueueName) async throws(BrokerError) -> Int {
    try await broker.purge(queue)
  }

  func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    try await broker.fire(entry, due: due, message: message)
  }

  func beatState(
    of entry: BeatEntryID, startingAt now: Timestamp
  ) async throws(BrokerError) -> BeatState {
    try await broker.beatState(of: entry, startingAt: now)
  }

  func close() async {}
}

private struct UnsteadyConsumer: Consumer {
  let broker: UnsteadyBroker
  let consumer: any Consumer

  func take(into room: Room) async throws -> [Delivery] {
    try broker.check()
    let deliveries = try await consumer.take(into: room)
    broker.note(deliveries.map(\.loan))
    return deliveries
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    try broker.check()
    return try await consumer.settle(settlements)
  }

  func close() async { await consumer.close() }
}
