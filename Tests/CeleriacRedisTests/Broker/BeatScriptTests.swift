import CeleriacCore
import Testing

@testable import CeleriacRedis

/// The scripts of a beat, alone, where two versions of a program run at once.
@Suite(.timeLimit(.minutes(1)))
struct BeatScriptTests {
  private static let entry = "celeriac:beat:tick"

  private func fire(
    _ redis: ScriptBench, _ schedule: String, due: Int
  ) async throws -> Int? {
    try await redis.run(.fire, [Self.entry, "q"], schedule, "\(due)", "{}").integer
  }

  private func anchor(
    _ redis: ScriptBench, _ schedule: String, startingAt start: Int
  ) async throws -> String? {
    try await redis.run(.beatState, [Self.entry], schedule, "\(start)").array?.first?.text
  }

  @Test func `beats of two versions do not delete each other's state`() async throws {
    let redis = try await ScriptBench()

    var fired: [Int?] = []
    for due in [1000, 1000, 2000] {
      for schedule in ["every 1 s", "every 2 s", "every 1 s"] {
        fired.append(try await fire(redis, schedule, due: due))
      }
    }

    #expect(fired == [1, 0, 0, 0, 0, 0, 1, 0, 0])
    #expect(try await redis("LLEN", "q").integer == 2)
    #expect(try await redis("HGET", Self.entry, "last").text == "2000")
  }

  @Test func `a schedule that returns after another was in use begins anew`() async throws {
    let redis = try await ScriptBench()
    #expect(try await anchor(redis, "old", startingAt: 1000) == "1000")
    #expect(try await anchor(redis, "new", startingAt: 2000) == "2000")
    #expect(try await anchor(redis, "old", startingAt: 3000) == "1000", "both are in use")

    // As if it had not been used for a little more than the five minutes.
    let used = try #require(Int(try await redis("HGET", Self.entry, "used:new").text ?? ""))
    try await redis("HSET", Self.entry, "used:old", "\(used - 300_001)")

    #expect(try await anchor(redis, "old", startingAt: 4000) == "4000")
    #expect(try await anchor(redis, "new", startingAt: 5000) == "2000")
  }

  @Test func `what is kept of an entry is bounded and expires`() async throws {
    let redis = try await ScriptBench()

    for version in 1...20 {
      _ = try await fire(redis, "every \(version) s", due: version)
    }

    #expect(try await redis("HLEN", Self.entry).integer == 9, "last, and two for each of four")
    let seconds = try #require(try await redis("TTL", Self.entry).integer)
    #expect((86_400 * 399...86_400 * 400).contains(seconds))
  }
}
