import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct RestartLimitTests {
  private let start = ContinuousClock.Instant.now

  @Test func `twenty go at once, the next when a second is over`() {
    var limit = RestartLimit()

    let first = (0..<20).map { _ in limit.admits(at: start) }
    let next = limit.admits(at: start + .milliseconds(300))

    #expect(first == Array(repeating: true, count: 20))
    #expect(!next)
    #expect(limit.deadline == start + .seconds(1))
  }

  @Test func `whoever waits is told once`() {
    var limit = RestartLimit()
    for _ in 0..<21 { _ = limit.admits(at: start) }

    let early = limit.isOver(at: start + .milliseconds(999))
    let over = limit.isOver(at: start + .seconds(1))
    let again = limit.isOver(at: start + .seconds(1))

    #expect([early, over, again] == [false, true, false])
    #expect(limit.deadline == nil)
  }

  @Test func `in no second there are more than twenty`() {
    var limit = RestartLimit()
    var admitted: [ContinuousClock.Instant] = []

    for step in 0..<1000 {
      let now = start + .milliseconds(step * 7)
      if limit.admits(at: now) { admitted.append(now) }
    }

    for (index, instant) in admitted.enumerated() where index >= 20 {
      #expect(instant - admitted[index - 20] >= .seconds(1))
    }
    #expect(admitted.count > 120)
  }
}
