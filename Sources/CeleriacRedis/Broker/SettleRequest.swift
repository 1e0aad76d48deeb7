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

  init(_ settlements: [Settlement], book: inout LoanBook, withResults: Bool) {
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
      SettleArguments(settlements: ours, closed: closed, withResults: withResults))
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

/// The arguments of ``RedisScript/settle`` for all settlements of a call.
struct SettleArguments: RedisArgument {
  let settlements: [Settlement]
  let closed: Set<Int>
  let withResults: Bool

  var argumentCount: Int {
    settlements.reduce(0) { count, settlement in
      let disposition =
        switch settlement.disposition {
        case .acknowledge, .requeue: 0
        case .schedule: 3
        case .bury: 1
        }
      return count + 4 + disposition + (result(of: settlement) == nil ? 1 : 4)
    }
  }

  func write(to writer: inout RESPWriter) {
    for settlement in settlements { write(settlement, to: &writer) }
  }

  private func result(of settlement: Settlement) -> ResultWrite? {
    withResults ? settlement.result : nil
  }

  private func write(_ settlement: Settlement, to writer: inout RESPWriter) {
    writer.append(settlement.loan.batch)
    writer.append(settlement.loan.index)
    switch settlement.disposition {
    case .acknowledge: writer.append("a")
    case .requeue: writer.append("r")
    case .schedule: writer.append("s")
    case .bury: writer.append("d")
    }
    writer.append(closed.contains(settlement.loan.batch) ? "1" : "0")
    write(settlement.disposition, to: &writer)
    guard let result = result(of: settlement) else { return writer.append("-") }
    writer.append(result.state == .success ? "S" : "O")
    writer.append(result.id.rawValue)
    writer.append(result.expirySeconds)
    writer.append(result.bytes)
  }

  private func write(_ disposition: Settlement.Disposition, to writer: inout RESPWriter) {
    switch disposition {
    case .acknowledge, .requeue: return
    case .schedule(let message, let due):
      writer.append(Keys.scheduled(message.queue))
      writer.append(Int(due.milliseconds))
      writer.append(message.scheduled)
    case .bury(let reason):
      writer.append(reason)
    }
  }
}

extension Message {
  /// The message as it waits for its time: behind the digit of its priority's list.
  fileprivate var scheduled: [UInt8] {
    let step = PriorityStep.all.last { $0 <= priority } ?? 0
    return [UInt8(ascii: "0") + UInt8(step)] + bytes
  }
}

extension ResultWrite {
  /// The time to live that Redis takes: whole seconds, at least one.
  var expirySeconds: Int { max(Int(expiry / .seconds(1)), 1) }
}
