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
    var numbered: [(Settlement, Int)] = []
    var lost: Set<Loan> = []
    for settlement in settlements {
      if let batch = book.settle(settlement.loan) {
        numbered.append((settlement, batch))
      } else {
        lost.insert(settlement.loan)
      }
    }
    var indices: [Int: Set<Int>] = [:]
    for (settlement, batch) in numbered {
      indices[batch, default: []].insert(settlement.loan.index)
    }
    let closed = Set(indices.filter { book.isComplete($0.key, with: $0.value) }.keys)
    sent = numbered.map(\.0.loan)
    self.lost = lost
    self.closed = closed
    guard !numbered.isEmpty else {
      batch = nil
      return
    }

    let arguments = numbered.map { settlement, batch in
      SettleArguments(
        settlement: settlement, batch: batch, closes: closed.contains(batch),
        withResult: withResults)
    }
    var call = RedisBatch(capacity: 512 * numbered.count)
    call.append(
      .settle, keys: [Keys.loans(book.worker), Keys.dead], book.worker,
      RedisScript.tombstone(of: book.worker), Each(arguments))
    batch = call
  }
}

/// The arguments of ``RedisScript/settle`` for one settlement.
struct SettleArguments: RedisArgument {
  let settlement: Settlement
  let batch: Int
  let closes: Bool
  let withResult: Bool

  private var result: ResultWrite? { withResult ? settlement.result : nil }

  var argumentCount: Int {
    let disposition =
      switch settlement.disposition {
      case .acknowledge, .requeue: 0
      case .schedule: 3
      case .bury: 1
      }
    return 4 + disposition + (result == nil ? 1 : 4)
  }

  func write(to writer: inout RESPWriter) {
    writer.append(batch)
    writer.append(settlement.loan.index)
    switch settlement.disposition {
    case .acknowledge: writer.append("a")
    case .requeue: writer.append("r")
    case .schedule: writer.append("s")
    case .bury: writer.append("d")
    }
    writer.append(closes ? "1" : "0")
    writeDisposition(to: &writer)
    guard let result else { return writer.append("-") }
    writer.append(result.state == .success ? "S" : "O")
    writer.append(result.id.rawValue)
    writer.append(result.expirySeconds)
    writer.append(result.bytes)
  }

  private func writeDisposition(to writer: inout RESPWriter) {
    switch settlement.disposition {
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
