import Celeriac
import CeleriacTesting
import Testing

@testable import task_manager

@Suite(.timeLimit(.minutes(1)))
struct PrimeTests {
  // https://oeis.org/A006880, and the ends of what can be asked for.
  @Test(arguments: [
    (-1, 0), (0, 0), (1, 0), (2, 1), (3, 2), (4, 2), (10, 4), (100, 25), (1000, 168),
    (10_000, 1229), (100_000, 9592), (1_000_000, 78_498),
  ])
  func `so many primes are there up to a number`(_ limit: Int, _ count: Int) {
    #expect(PrimeSegments(upTo: limit).reduce(0) { $0 + $1.primeCount } == count)
  }

  // A prime that begins a segment's last numbers, and one just beyond the first segment.
  @Test func `no number is lost between two segments`() {
    let segments = Array(PrimeSegments(upTo: 1_000_003))

    #expect(segments.map(\.upper) == [1_000_001, 1_000_003])
    #expect(segments.map(\.primeCount) == [78_498, 1])
  }

  @Test func `the task counts them`() async throws {
    try await withTestQueue(tasks: [countPrimes]) { queue in
      let result = try await countPrimes.delay(upTo: 100)
      try await queue.runAll()

      #expect(try await result.value(within: .seconds(5)) == 25)
    }
  }

  @Test func `a long count says how far it is`() async throws {
    try await withTestQueue(tasks: [countPrimes]) { queue in
      let result = try await countPrimes.delay(upTo: 1_500_000)
      try await queue.runAll()

      let progress = try queue.progress(of: result.id, as: CountProgress.self)
      #expect(progress.map(\.current) == [1_000_001, 1_500_000])
      #expect(progress.map(\.total) == [1_500_000, 1_500_000])
      #expect(try await result.value(within: .seconds(5)) == 114_155)
    }
  }
}
