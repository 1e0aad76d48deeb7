import CeleriacCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct OutageTests {
  private let start = ContinuousClock.now
  private let away = BrokerError(.unreachable, detail: "the line is cut")
  private let late = BrokerError(.timedOut, detail: "no answer")
  private let full = BrokerError(.outOfMemory, detail: "full")

  @Test func `an outage is news once, however often it is met`() {
    var outage = Outage<Int>()

    #expect(outage.begin(for: 1, because: away, at: start) == .began(.absence, away))
    #expect(outage.begin(for: 1, because: late, at: start) == nil)
    #expect(outage.begin(for: 2, because: away, at: start) == nil)
  }

  @Test func `an outage ends when the last party is served, and says how long it was`() {
    var outage = Outage<Int>()
    _ = outage.begin(for: 1, because: away, at: start)
    _ = outage.begin(for: 2, because: away, at: start + .seconds(1))

    #expect(outage.end(for: 1, at: start + .seconds(2)) == nil)
    #expect(
      outage.end(for: 2, at: start + .seconds(3)) == .ended(.absence, after: .seconds(3)))
  }

  @Test func `a server that comes back and refuses is news again`() {
    var outage = Outage<Int>()
    _ = outage.begin(for: 1, because: away, at: start)

    #expect(outage.begin(for: 1, because: full, at: start) == .began(.refusal, full))
    #expect(outage.begin(for: 1, because: away, at: start) == nil)
    #expect(
      outage.end(for: 1, at: start + .seconds(5)) == .ended(.refusal, after: .seconds(5)))
  }

  @Test func `who was served all the time ends nothing`() {
    var outage = Outage<Int>()
    #expect(outage.end(for: 1, at: start) == nil)
    _ = outage.begin(for: 1, because: away, at: start)

    #expect(outage.end(for: 2, at: start) == nil)
  }

  @Test func `the next outage is news again`() {
    var outage = Outage<Int>()
    _ = outage.begin(for: 1, because: away, at: start)
    _ = outage.end(for: 1, at: start)

    #expect(
      outage.begin(for: 1, because: away, at: start + .seconds(9)) == .began(.absence, away))
    #expect(
      outage.end(for: 1, at: start + .seconds(10)) == .ended(.absence, after: .seconds(1)))
  }
}
