import CeleriacCore
import Testing

@testable import CeleriacRedis

/// What comes in under a lease that is over.
@Suite(.timeLimit(.minutes(1)))
struct OldLeaseTests {
  private func state() -> RedisConsumer.State {
    RedisConsumer.State(
      book: LoanBook(base: "w"), lanes: Lane.all(of: ["q"]),
      suspects: SuspectBook(queues: ["q"], apartAfter: 2), renewed: .now,
      clock: LeaseClock(lease: .seconds(10)))
  }

  @Test func `a take's reply is not entered under the next lease`() {
    var state = state()
    let worker = state.book.worker
    let request = TakeRequest(1, &state)
    let reply = RedisReply.array([.array([.integer(0), .bytes([1])])])

    _ = state.book.startAnew()

    #expect(state.read(reply, of: request, for: worker) == nil)
    #expect(state.book.isEmpty)
    let next = TakeRequest(1, &state)
    #expect(state.read(reply, of: next, for: state.book.worker)?.count == 1)
  }

  @Test func `a message that a wait brings goes back where it came from`() {
    var state = state()
    let worker = state.book.worker
    state.lanes[0].state = .waiting(batch: 1)

    _ = state.book.startAnew()
    let sequel = state.end(
      of: 1, at: 0, for: worker, .success([.bytes([1])]), isVisible: false)

    guard case .giveBack(let list) = sequel else {
      Issue.record("\(sequel)")
      return
    }
    #expect(list == "q")
    #expect(state.arrived.isEmpty)
    #expect(state.book.isEmpty)
  }

  @Test func `what was taken before is lost, settled or not, and what is taken now is not`() {
    var book = LoanBook(base: "w")
    let first = book.reserve(1)
    let old = book.enter(first, messages: [[1], [2]], queue: "q")
    book.confirm(old[0].loan)
    #expect(!book.hasLost(old[0].loan))

    _ = book.startAnew()
    let second = book.reserve(1)
    let new = book.enter(second, messages: [[3]], queue: "q")

    #expect(book.hasLost(old[0].loan))
    #expect(book.hasLost(old[1].loan))
    #expect(!book.hasLost(new[0].loan))
  }
}
