import TestSupport
import Testing

/// Waits until a condition holds; a test that waits in vain ends here.
func until(
  _ limit: Duration = .seconds(20), sourceLocation: Testing.SourceLocation = #_sourceLocation,
  _ isMet: () async throws -> Bool
) async throws {
  let isReached = try await eventually(limit, isMet)
  try #require(isReached, sourceLocation: sourceLocation)
}
