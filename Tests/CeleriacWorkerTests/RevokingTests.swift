import CeleriacCore
import CeleriacTesting
import TestSupport
import Testing

@testable import CeleriacWorker

@Suite(.timeLimit(.minutes(1)))
struct RevokingTests {
  private let bench = WorkerBench()

  @Test func `a call that was revoked while it waited does not run`() async throws {
    let result = try await bench.queue.send(bench.hold.s(1))
    #expect(try await result.revoke())
    #expect(try await bench.state(of: result.id) == .revoked)
    try await bench.run([bench.hold]) { _ async throws in
      let idle = try await eventually(.seconds(30)) {
        bench.log.all.contains { $0.contains("task revoked") }
      }
      #expect(idle)
      #expect(bench.started.all == [])
    }
  }

  @Test func `a call that runs is cancelled, and its retry policy not asked`() async throws {
    let endless = TaskDefinition<Int, Int>("endless", labels: ["number"]) {
      [started = bench.started] (number: Int) in
      started.add(number)
      try await Task.sleep(for: .seconds(3600))
      return number
    }
    try await bench.run([endless]) { _ async throws in
      let result = try await bench.queue.send(endless.s(1))
      #expect(try await eventually(.seconds(30)) { bench.started.all == [1] })
      #expect(try await result.revoke())
      await #expect(throws: TaskRevoked.self) { try await result.value(within: .seconds(30)) }
    }
    #expect(bench.broker.waiting().isEmpty && bench.broker.scheduled().isEmpty)
  }

  @Test func `a call that has ended keeps its result`() async throws {
    try await bench.run([bench.hold]) { _ async throws in
      let result = try await bench.queue.send(bench.hold.s(1))
      bench.door.open()
      #expect(try await bench.reaches(.success, result.id))
      #expect(try await result.revoke() == false)
      #expect(try await bench.state(of: result.id) == .success)
    }
  }
}
