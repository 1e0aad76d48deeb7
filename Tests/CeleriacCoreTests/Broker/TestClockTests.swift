import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TestClockTests {
  @Test func `time stands still until it is moved`() {
    let clock = TestClock(now: .epoch)

    clock.advance(by: .seconds(5))
    clock.advance(by: .milliseconds(500))

    #expect(clock.now() == .epoch + .milliseconds(5500))
  }

  @Test func `a time that has come is not slept for`() async throws {
    let clock = TestClock()

    try await clock.sleep(until: clock.now())
    try await clock.sleep(until: clock.now() - .seconds(1))
  }

  @Test func `sleepers wake when their time has come, whenever they fell asleep`() async throws {
    for delay in 0..<20 {
      let clock = TestClock()
      let deadline = clock.now() + .seconds(10)
      let sleeping = Task { try await clock.sleep(until: deadline) }
      for _ in 0..<delay { await Task.yield() }

      clock.advance(by: .seconds(4))
      clock.advance(by: .seconds(6))

      try await sleeping.value
    }
  }

  @Test func `nobody wakes before the time`() async throws {
    let clock = TestClock()
    let woken = Atomic(false)
    let deadline = clock.now() + .seconds(10)
    async let sleeping: Void = {
      try await clock.sleep(until: deadline)
      woken.store(true, ordering: .relaxed)
    }()
    for _ in 0..<20 { await Task.yield() }

    clock.advance(by: .milliseconds(9999))
    for _ in 0..<20 { await Task.yield() }
    let early = woken.load(ordering: .relaxed)
    #expect(!early)

    clock.advance(by: .milliseconds(1))
    try await sleeping
    let inTime = woken.load(ordering: .relaxed)
    #expect(inTime)
  }

  @Test func `a sleeper that is cancelled wakes with an error`() async {
    let clock = TestClock()
    for delay in 0..<20 {
      let sleeping = Task { try await clock.sleep(until: .distantFuture) }
      for _ in 0..<delay { await Task.yield() }

      sleeping.cancel()

      await #expect(throws: CancellationError.self) { try await sleeping.value }
    }
  }
}
