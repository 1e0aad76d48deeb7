import Celeriac
import CeleriacTesting
import Testing

@testable import task_manager

@Suite(.timeLimit(.minutes(1)))
struct WaitTests {
  // Python writes NaN into its JSON, so one can arrive.
  @Test(arguments: [Double.nan, -1, -Double.infinity])
  func `what is no time to wait is no wait`(seconds: Double) async throws {
    try await withTestQueue(tasks: [waitAWhile]) { queue in
      let result = try await waitAWhile.delay(atMost: seconds)
      try await queue.runAll()

      #expect(try await result.value(within: .seconds(5)) == 0)
    }
  }
}
