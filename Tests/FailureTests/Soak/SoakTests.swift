import Glibc
import TestSupport
import Testing

/// Random faults for as long as `SOAK_MINUTES` says; `script/soak` runs it.
@Suite(.timeLimit(.minutes(60 * 24 * 7)))
struct SoakTests {
  private static let minutes = getenv("SOAK_MINUTES").flatMap { Double(String(cString: $0)) }
  private static let seed = getenv("SOAK_SEED").flatMap { UInt64(String(cString: $0)) }

  @Test(.enabled(if: SoakTests.minutes != nil, "script/soak runs it"))
  func `random faults for hours break no promise`() async throws {
    let seed = Self.seed ?? .random(in: 0..<1_000_000)
    let end = ContinuousClock.now + .seconds((Self.minutes ?? 1) * 60)
    say("soak: seed \(seed)")
    var total = Verdict()
    var faults = 0
    var round = 0
    while ContinuousClock.now < end {
      // Each round has a seed of its own, so that one that fails can be had again alone.
      let left = min(.seconds(50), ContinuousClock.now.duration(to: end))
      let soak = try await SoakRound(seed: seed + UInt64(round), lasting: left)
      let verdict = try await soak.run(progress: say)
      faults += soak.faultCount
      total.add(verdict)
      if !verdict.broken.isEmpty {
        say("soak: broken in the round of --seed \(seed + UInt64(round))")
      }
      round += 1
      say("soak: \(round) rounds, \(faults) faults; \(total.figure)")
    }

    say("soak: verdict: \(total.broken.isEmpty ? "every promise kept" : "PROMISES BROKEN")")
    #expect(total.broken == [])
  }

  private func say(_ line: String) {
    print(line)
    fflush(nil)
  }
}

extension Verdict {
  fileprivate mutating func add(_ other: Verdict) {
    accepted += other.accepted
    done += other.done
    repeated += other.repeated
    buried += other.buried
    spent += other.spent
    broken += other.broken
  }
}
