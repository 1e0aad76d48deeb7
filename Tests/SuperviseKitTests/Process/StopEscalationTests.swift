import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct StopEscalationTests {
  private let start = ContinuousClock.Instant.now

  @Test func `after its time the whole group is told, then killed`() {
    var stop = StopEscalation(waiting: .seconds(10), at: start)

    #expect(stop.time(is: start + .seconds(9)) == nil)
    #expect(stop.time(is: start + .seconds(10)) == .init(number: SIGTERM, group: true))
    #expect(stop.time(is: start + .seconds(14)) == nil)
    #expect(stop.time(is: start + .seconds(15)) == .init(number: SIGKILL, group: true))
    #expect(stop.time(is: start + .seconds(17)) == .init(number: SIGKILL, group: true))
  }

  @Test func `what happens at once need not be told of before`() {
    var stop = StopEscalation(waiting: .seconds(3), at: start)

    #expect(!stop.isAboutToAct(at: start + .milliseconds(2800)))
    #expect(stop.isAboutToAct(at: start + .milliseconds(2801)))
    #expect(stop.isAboutToAct(at: start + .seconds(4)))
    _ = stop.harder(at: start)
    _ = stop.harder(at: start)
    #expect(!stop.isAboutToAct(at: start + .seconds(2)), "to wait for one that was killed is news")
  }

  @Test func `each impatience takes one step`() {
    var stop = StopEscalation(waiting: .seconds(60), at: start)

    #expect(stop.harder(at: start) == .init(number: SIGTERM, group: true))
    #expect(stop.harder(at: start) == .init(number: SIGKILL, group: true))
    #expect(stop.step == .killed)
  }

  @Test func `what a leader leaves behind is told at once`() {
    var stop = StopEscalation(waiting: .seconds(60), at: start)

    #expect(stop.leaderEnded(at: start) == .init(number: SIGTERM, group: true))
    #expect(stop.leaderEnded(at: start) == nil)
    #expect(stop.deadline == start + .seconds(5))
  }
}
