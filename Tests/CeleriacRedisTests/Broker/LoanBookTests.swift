import CeleriacCore
import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct LoanBookTests {
  private let messages: [[UInt8]] = [[1], [2]]

  @Test func `a batch is not dropped while one of its settlements is on the way`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")

    let first = SettleRequest(
      [Settlement(deliveries[0].loan, .requeue)], book: &book, withResults: false, isVisible: false)
    let second = SettleRequest(
      [Settlement(deliveries[1].loan, .acknowledge)], book: &book, withResults: false,
      isVisible: false)

    #expect(first.closed.isEmpty)
    #expect(second.closed.isEmpty, "the first may have been lost, and its message with it")
  }

  @Test func `the last settlement drops a batch when those before it have arrived`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")
    _ = SettleRequest(
      [Settlement(deliveries[0].loan, .requeue)], book: &book, withResults: false, isVisible: false)
    book.confirm(deliveries[0].loan)

    let last = SettleRequest(
      [Settlement(deliveries[1].loan, .acknowledge)], book: &book, withResults: false,
      isVisible: false)

    #expect(last.closed == [1])
  }

  @Test func `a batch that no settlement could drop is left to the next tick`() {
    var book = LoanBook(base: "w")
    let deliveries = book.enter(1, messages: messages, queue: "q")
    for delivery in deliveries {
      _ = SettleRequest(
        [Settlement(delivery.loan, .requeue)], book: &book, withResults: false, isVisible: false)
    }

    for delivery in deliveries { book.confirm(delivery.loan) }

    #expect(book.reclaims(at: .now).last == [1])
    #expect(!book.holds(deliveries[0].loan))
  }

  @Test func `the grace of a lost request begins with the server's answer`() {
    var book = LoanBook(base: "w")
    let now = ContinuousClock.now
    book.suspect(1, for: .seconds(10))

    let first = book.reclaims(at: now + .seconds(3600))
    #expect(first.open == [1])
    book.reclaimed(first, at: now + .seconds(3600))

    #expect(book.reclaims(at: now + .seconds(3609)).open == [1])
    let last = book.reclaims(at: now + .seconds(3610))
    #expect(last.last == [1])
    book.reclaimed(last, at: now + .seconds(3610))
    #expect(book.reclaims(at: now + .seconds(3611)).last.isEmpty)
  }
}
