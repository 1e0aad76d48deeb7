import CeleriacCore
import CeleriacTesting
import CeleriacWorker
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct PrefetchTests {
  private let bench = WorkerBench()
  private var door: Door { bench.door }
  private var started: Recorder<Int> { bench.started }
  private var hold: TaskDefinition<Int, Int> { bench.hold }

  private let quick = TaskDefinition("quick") { 1 }

  @Test func `what was taken because tasks were short goes back when they are long`() async throws {
    _ = try await bench.queue.send((1...3000).map { _ in quick.s() })
    _ = try await bench.queue.send((1...100).map { hold.s($0) })
    let last = Array(bench.broker.waiting().suffix(90))

    try await bench.run([quick, hold], concurrency: 2) { _ async throws in
      #expect(try await started.waits(.seconds(30)) { $0.count == 2 })
      // They may be taken and handed back once more, by a worker that was waiting already.
      let areBack = try await eventually(.seconds(30)) { bench.broker.waiting() == last }
      #expect(areBack)
      door.open()
      #expect(try await started.waits(.seconds(30)) { $0.count == 100 })
    }

    #expect(started.all.sorted() == Array(1...100))
  }
}
