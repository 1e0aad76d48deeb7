import CeleriacSchedule
import Testing

@testable import CeleriacCore

/// What becomes of an entry's schedules as deployments come and go.
@Suite(.timeLimit(.minutes(1)))
struct BeatRecordTests {
  private let start = Timestamp(microsecondsSince1970: 1_767_225_600_000_000)

  @Test func `a schedule that returns after another was in use begins anew`() {
    var record = BeatRecord()
    _ = record.state(of: "old", startingAt: start, at: start)
    _ = record.fire("old", due: start + .seconds(30), at: start + .seconds(30))
    // Rolled out, in use for an hour, and rolled back.
    for minute in 1...60 {
      _ = record.state(of: "new", startingAt: start, at: start + .seconds(60 * minute))
    }
    let later = start + .seconds(3601)

    let state = record.state(of: "old", startingAt: later, at: later)

    #expect(state == BeatState(anchor: later, lastFired: nil))
  }

  @Test func `a schedule that nobody used is continued when no other was used either`() {
    var record = BeatRecord()
    _ = record.state(of: "new", startingAt: start, at: start)
    _ = record.state(of: "old", startingAt: start, at: start + .seconds(1))
    _ = record.fire("old", due: start + .seconds(30), at: start + .seconds(30))
    let later = start + .seconds(86_400)

    let state = record.state(of: "old", startingAt: later, at: later)

    #expect(state == BeatState(anchor: start, lastFired: start + .seconds(30)))
  }
}
