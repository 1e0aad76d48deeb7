@testable import CeleriacCore
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct RetryPolicyTests {
  private struct Failed: Error {}
  private struct Other: Error {}

  @Test func `never is never`() {
    #expect(RetryPolicy.never.delay(after: Failed(), attempt: 1, random: 0.5) == nil)
  }

  @Test func `a fixed delay is the same each time, until the attempts are used up`() {
    let policy = RetryPolicy.fixed(attempts: 3, delay: .seconds(7))

    #expect(policy.delay(after: Failed(), attempt: 1, random: 0.9) == .seconds(7))
    #expect(policy.delay(after: Failed(), attempt: 2, random: 0.1) == .seconds(7))
    #expect(policy.delay(after: Failed(), attempt: 3, random: 0) == nil)
    #expect(policy.delay(after: Failed(), attempt: 4, random: 0) == nil)
  }

  @Test func `an exponential delay doubles up to its cap`() {
    let policy = RetryPolicy.exponential(
      attempts: 100, base: .seconds(2), cap: .seconds(20), jitter: 0)

    let delays = (1...6).map { policy.delay(after: Failed(), attempt: $0, random: 0.7) }

    #expect(delays == [2, 4, 8, 16, 20, 20].map { .seconds($0) })
    #expect(policy.delay(after: Failed(), attempt: 99, random: 0) == .seconds(20))
  }

  @Test(arguments: [0.0, 0.25, 1, 7])
  func `jitter shortens a delay by no more than its share`(jitter: Double) throws {
    let policy = RetryPolicy.exponential(
      attempts: 10, base: .seconds(8), cap: .seconds(8), jitter: jitter)
    let shortest = Duration.seconds(8) * (1 - min(jitter, 1))
    var generator = SeededGenerator(seed: 1)

    for _ in 0..<1000 {
      let random = Double.random(in: 0..<1, using: &generator)
      let delay = try #require(policy.delay(after: Failed(), attempt: 1, random: random))
      #expect(delay <= .seconds(8))
      #expect(delay >= shortest)
    }
    #expect(policy.delay(after: Failed(), attempt: 1, random: 0) == .seconds(8))
  }

  @Test func `the largest delays do not overflow`() {
    let policy = RetryPolicy.exponential(
      attempts: .max, base: .seconds(Int64.max), cap: .seconds(Int64.max), jitter: 0)

    for attempt in [1, 2, 31, 64, 1000, Int.max - 1] {
      #expect(
        policy.delay(after: Failed(), attempt: attempt, random: 0) == .seconds(Int64.max))
    }
  }

  @Test func `a condition narrows a policy, and a second one further`() {
    let policy = RetryPolicy.fixed(attempts: 3).when { $0 is Failed }
    let none = policy.when { _ in false }

    #expect(policy.delay(after: Failed(), attempt: 1, random: 0) == .seconds(180))
    #expect(policy.delay(after: Other(), attempt: 1, random: 0) == nil)
    #expect(none.delay(after: Failed(), attempt: 1, random: 0) == nil)
  }
}
