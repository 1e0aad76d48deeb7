import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import TestSupport
import Testing

/// What a worker does with outcomes that its broker does not take, and with loans that may be over.
@Suite(.timeLimit(.minutes(1)))
struct RefusalTests {
  private let bench = WorkerBench()
  private var door: Door { bench.door }
  private var started: Recorder<Int> { bench.started }
  private var hold: TaskDefinition<Int, Int> { bench.hold }

  private var once: TaskDefinition<Int, Int> {
    TaskDefinition("once", labels: ["number"], options: TaskOptions(acknowledge: .early)) {
      [started, door] (number: Int) async throws in
      started.add(number)
      await door.pass()
      guard number > 0 else { throw Reject("no use") }
      return number
    }
  }

  @Test func `an outcome that is refused is told once, and its message goes back at the stop`()
    async throws
  {
    let broker = StubbornBroker(bench.broker)
    broker.refuses = true
    door.open()
    let result = try await bench.queue.send(hold.s(1))
    let before = bench.broker.waiting()
    try await bench.run([hold], on: broker) { _ async throws in
      #expect(try await eventually(.seconds(30)) { refusals.count == 1 })
      try await Task.sleep(for: .milliseconds(200))  // time enough to spin
      #expect(broker.requests == 1)
    }

    #expect(refusals.count == 1)
    #expect(!bench.log.all.contains { $0.contains("after its lease") })
    #expect(bench.broker.waiting() == before)
    #expect(try await bench.state(of: result.id) == nil)
  }

  @Test func `a call whose early acknowledgement is refused is not run`() async throws {
    let broker = StubbornBroker(bench.broker)
    broker.refuses = true
    _ = try await bench.queue.send(once.s(1))
    try await bench.run([once], on: broker) { _ async throws in
      #expect(try await eventually(.seconds(30)) { refusals.count == 1 })
    }

    #expect(started.all.isEmpty)
    #expect(bench.broker.waiting().count == 1)
  }

  @Test func `an early acknowledgement that is answered after the lease starts nothing`()
    async throws
  {
    let broker = StubbornBroker(bench.broker)
    broker.lease = .underway
    _ = try await bench.queue.send(once.s(1))
    try await bench.run([once], on: broker) { _ async throws in
      #expect(try await eventually(.seconds(30)) { broker.requests == 2 })
      try await Task.sleep(for: .milliseconds(100))  // time enough to start it
    }

    #expect(started.all.isEmpty, "others have it, or have had it")
  }

  @Test func `what waits its turn goes back in order when the lease is doubtful`() async throws {
    let broker = StubbornBroker(bench.broker)
    _ = try await bench.queue.send((1...6).map { hold.s($0) })
    let before = bench.broker.waiting()
    try await bench.run([hold], concurrency: 1, prefetch: 3, on: broker) { _ async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      #expect(try await eventually(.seconds(30)) { bench.broker.waiting().count == 2 })
      broker.isStale = true
      door.open()

      #expect(try await eventually(.seconds(30)) { bench.broker.waiting().count == 5 })
      #expect(bench.broker.waiting() == Array(before[1...]))
      broker.isStale = false
      #expect(try await started.waits(.seconds(30)) { $0 == [1, 2, 3, 4, 5, 6] })
    }
  }

  @Test func `what is acknowledged early is not said to be in the dead letters`() async throws {
    door.open()
    try await bench.run([once]) { _ async throws in
      let result = try await bench.queue.send(once.s(0))
      #expect(try await bench.reaches(.failure, result.id))
    }

    #expect(bench.broker.deadLetters().isEmpty)
    #expect(!bench.log.all.contains { $0.contains("dead letters") })
    #expect(bench.log.all.contains { $0.contains("it is kept nowhere") })
  }

  @Test func `what is acknowledged early is not said to go back at a stop`() async throws {
    let patient = TaskDefinition("patient", options: TaskOptions(acknowledge: .early)) {
      [started] () async throws -> Int in
      started.add(1)
      try await Task.sleep(for: .seconds(60))
      return 1
    }
    _ = try await bench.queue.send(patient.s())
    try await bench.run([patient], configure: { $0.stopTimeout = .zero }) { run async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 1 })
      await run.stop()
    }

    #expect(bench.broker.waiting().isEmpty)
    #expect(bench.log.all.contains { $0.contains("it will not run again") })
  }

  private var refusals: [String] { bench.log.all.filter { $0.contains("outcomes are refused") } }
}
