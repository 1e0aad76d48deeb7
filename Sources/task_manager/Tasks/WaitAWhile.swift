import Celeriac

/// Waits for a random time, as work does: send a few, and watch the workers share them.
///
/// An hour at most, whatever was asked for.
@Task
func waitAWhile(atMost seconds: Double = 10) async throws -> Double {
  let limit = seconds.isNaN ? 0 : min(max(seconds, 0), 3600)
  let duration = Double.random(in: 0...limit)
  try await Task.sleep(for: .seconds(duration))
  return duration
}
