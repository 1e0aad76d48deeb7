/// How long a process waits before it is started again, by how it has behaved lately.
///
/// The first crash costs nothing, a crash loop costs little: 0, 0.25, 0.5, 1 … 30 s.
package struct Backoff: Sendable, Equatable {
  /// Short runs in a row so far.
  package private(set) var shortRuns = 0
  private var seed: UInt64

  package init(seed: UInt64) {
    self.seed = seed
  }

  /// Notes a run, and says how long to wait for the next.
  mutating func ran(for length: Duration, _ ended: Ended, settings: ProcessSettings) -> Duration {
    let recycled = ended.isWell(settings) && length >= .seconds(1)
    let isShort = length < settings.shortRun || ended == .unready
    guard isShort, !recycled else {
      shortRuns = 0
      return .zero
    }
    shortRuns += 1
    guard shortRuns > 1 else { return .zero }
    let base = min(0.25 * Double(1 << min(shortRuns - 2, 10)), 30)
    return .milliseconds(Int(base * 1000 * jitter()))
  }

  mutating func reset() {
    shortRuns = 0
  }

  /// 0.8 to 1.2, so that processes that fail together do not return together.
  private mutating func jitter() -> Double {
    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return 0.8 + 0.4 * Double(seed >> 40) / Double(1 << 24)
  }
}
