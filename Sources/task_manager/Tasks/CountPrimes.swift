import Celeriac

/// How far a count is.
struct CountProgress: Codable, Sendable {
  let current: Int
  let total: Int
}

/// Counts the primes up to a limit: the long computation that no request should wait for.
///
///     task_manager call task_manager.countPrimes --kwargs '{"upTo": 20000000}'
///     task_manager result ID
@Task(timeLimit: .seconds(600))
func countPrimes(_ context: TaskContext, upTo limit: Int) async throws -> Int {
  guard limit <= 1_000_000_000_000 else {
    throw Reject("\(limit) is more than this example can count in its time: 10^12 at most")
  }
  var count = 0
  for segment in PrimeSegments(upTo: limit) {
    count += segment.primeCount
    try await context.report(progress: CountProgress(current: segment.upper, total: limit))
    // Cancelled at the time limit or when the worker stops: then somebody else starts anew.
    try Task.checkCancellation()
    // Other tasks of this worker get their turn.
    await Task.yield()
  }
  return count
}
