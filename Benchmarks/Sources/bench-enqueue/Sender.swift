import BenchSupport
import CeleriacCore
import Glibc

/// The ways to send many calls of `add(2, 2)`.
struct Sender {
  let queue: TaskQueue

  /// How many calls share a `send`, or are under way at once.
  private let portion = 1000

  /// Sends `count` calls in one way and prints how long it took, without the first three, for which
  /// the connection is made.
  func run(_ count: Int, _ send: (Sender, Int) async throws -> Void) async throws {
    try await single(min(count, 3))
    let rest = max(count - 3, 0)
    let (start, cpuStart) = (ContinuousClock.now, processorSeconds())
    try await send(self, rest)
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    print(#"{"n": \#(rest), "seconds": \#(seconds), "cpu": \#(processorSeconds() - cpuStart)}"#)
  }

  /// One after the other, each awaited.
  func single(_ count: Int) async throws {
    for _ in 0..<count { try await BenchTasks.add.delay(2, 2) }
  }

  /// A thousand with each `send`.
  func bulk(_ count: Int) async throws {
    var rest = count
    while rest > 0 {
      let portion = min(rest, portion)
      try await queue.send((0..<portion).map { _ in BenchTasks.add.s(2, 2) })
      rest -= portion
    }
  }

  /// A thousand tasks that each call `delay()`, again and again.
  func concurrent(_ count: Int) async throws {
    let (calls, rest) = count.quotientAndRemainder(dividingBy: portion)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<portion {
        group.addTask {
          for _ in 0..<(index < rest ? calls + 1 : calls) {
            try await BenchTasks.add.delay(2, 2)
          }
        }
      }
      try await group.waitForAll()
    }
  }

  private func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
