import CeleriacCore

/// The one script call that settles many loans.
struct SettleRequest {
  /// The call; nil when there is nothing to send.
  let batch: RedisBatch?
  /// The loans it is about, in order.
  let sent: [Loan]
  /// The loans that are not this worker's any more, as it knows without asking.
  let lost: Set<Loan>
  /// The batches that are complete with this call.
  let closed: Set<Int>

  init(
    _ settlements: [Settlement], book: inout LoanBook, withResults: Bool, isVisible: Bool
  ) {
    var ours: [Settlement] = []
    ours.reserveCapacity(settlements.count)
    var lost: Set<Loan> = []
    var counts: [Int: Int] = [:]
    let request = book.beginRequest()
    for settlement in settlements {
      switch book.send(settlement.loan, with: request) {
      case .first: counts[settlement.loan.batch, default: 0] += 1
      case .known: break
      case .notOurs:
        lost.insert(settlement.loan)
        continue
      }
      ours.append(settlement)
    }
    let closed = Set(counts.filter { book.isComplete($0.key, with: $0.value) }.keys)
    sent = ours.map { $0.loan }
    self.lost = lost
    self.closed = closed
    guard !ours.isEmpty else {
      batch = nil
      return
    }
    var call = RedisBatch(capacity: 384 * ours.count)
    call.append(
      .settle, keys: [Keys.loans(book.worker), Keys.dead], book.worker,
      RedisScript.tombstone(of: book.worker),
      SettleArguments(
        ours, closed: closed, withResults: withResults, asRuns: withResults && !isVisible))
    batch = call
  }
}

extension SettleRequest {
  /// Enters what has come of the call, and returns what it has left as it was.
  func read(_ reply: RedisReply, into book: inout LoanBook) -> Unsettled {
    var unsettled = Unsettled(lost: lost)
    for element in reply.array ?? [] {
      if let place = element.integer, sent.indices.contains(place) {
        unsettled.lost.insert(sent[place])
      } else if let pair = element.array, pair.count == 2, let place = pair[0].integer,
        sent.indices.contains(place)
      {
        unsettled.refused[sent[place]] = pair[1].text ?? "?"
      }
    }
    // A batch is dropped with all its messages or not at all.
    let kept = Set(unsettled.refused.keys.map(\.batch))
    for batch in closed.subtracting(kept) { book.close(batch) }
    for loan in sent where unsettled.refused[loan] == nil { book.confirm(loan) }
    return unsettled
  }
}
