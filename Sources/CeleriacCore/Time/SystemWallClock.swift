public import CeleriacSchedule
import Glibc

/// The computer's clock.
public struct SystemWallClock: WallClock {
  // A wall clock can be set while somebody sleeps; nobody oversleeps by more than this.
  private static let longestNap = Duration.seconds(60)

  /// The clock that every program has.
  public init() {}

  /// The time of day, from `CLOCK_REALTIME`.
  public func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(
      microsecondsSince1970: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Waits for a time of day, also when the clock is set in between.
  public func sleep(until deadline: Timestamp) async throws {
    while true {
      let left = deadline - now()
      guard left > .zero else { return }
      try await Task.sleep(for: min(left, Self.longestNap))
    }
  }
}
