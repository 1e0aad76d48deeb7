import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct StoppingTests {
  private let bench = WorkerBench()
  private var door: Door { bench.door }
  private var started: Recorder<Int> { bench.started }
  private var hold: TaskDefinition<Int, Int> { bench.hold }

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
