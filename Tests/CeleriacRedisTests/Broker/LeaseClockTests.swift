import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct LeaseClockTests {
  private let start = ContinuousClock.now
  private var clock = LeaseClock(lease: .seconds(9))

  @Test func `a worker that has not ticked yet must`() {
    #expect(clock.step(at: start) == nil)
    #expect(clock.lastRenewal == 0)
  }

  @Test mutating func `three renewals move the end on by what has passed, then a tick is due`() {
    clock.ticked(109_000, sentAt: start)

    for (second, millisecond) in [(3, 4), (6, 1), (9, 7)] {
      let now = start + .seconds(second) + .milliseconds(millisecond)
      let step = clock.step(at: now) ?? 0
      #expect(clock.lastRenewal + step == 100_000 + second * 1000 + millisecond)
      let isRenewed = renew(by: step, at: now)
      #expect(isRenewed)
    }

    #expect(clock.step(at: start + .seconds(12)) == nil)
  }

  @Test mutating func `an end that somebody else has moved takes a tick`() {
    clock.ticked(109_000, sentAt: start)
    let isRenewed = clock.stepped(
      by: 3000, to: 108_000, sentAt: start + .seconds(3), answeredAt: start + .seconds(3))

    #expect(!isRenewed)
    #expect(clock.step(at: start + .seconds(3)) == nil)
    #expect(clock.lastRenewal == 0)
  }

  @Test mutating func `a worker that the server does not know is told so`() {
    clock.ticked(109_000, sentAt: start)
    let isRenewed = clock.stepped(
      by: 3000, to: nil, sentAt: start + .seconds(3), answeredAt: start + .seconds(3))

    #expect(!isRenewed)
  }

  @Test mutating func `a late answer proves nothing of the time before it`() {
    clock.ticked(109_000, sentAt: start)
    let isRenewed = renew(by: 3000, at: start + .seconds(3), answeredAfter: .seconds(1))

    #expect(!isRenewed)
    #expect(clock.lastRenewal == 0)
  }

  @Test mutating func `after a pause only a tick will do`() {
    clock.ticked(109_000, sentAt: start)

    #expect(clock.step(at: start + .milliseconds(4499)) != nil)
    #expect(clock.step(at: start + .milliseconds(4500)) == nil)
  }

  private mutating func renew(
    by step: Int, at now: ContinuousClock.Instant, answeredAfter time: Duration = .milliseconds(1)
  ) -> Bool {
    let end = clock.lastRenewal + 9000 + step
    return clock.stepped(by: step, to: end, sentAt: now, answeredAt: now + time)
  }
}
