import CeleriacCore

/// The arguments of ``RedisScript/settle`` for all settlements of a call.
///
/// Most are successes of one batch. Where some follow each other, what they have in common is said once:
/// three arguments for each instead of eight.
struct SettleArguments: RedisArgument {
  /// Settlements that are written together; a run unless there is but one.
  private struct Part {
    var range: Range<Int>
    let isRun: Bool
  }

  private let settlements: [Settlement]
  private let closed: Set<Int>
  private let withResults: Bool
  private let parts: [Part]

  init(_ settlements: [Settlement], closed: Set<Int>, withResults: Bool, asRuns: Bool) {
    self.settlements = settlements
    self.closed = closed
    self.withResults = withResults
    var parts: [Part] = []
    for (index, settlement) in settlements.enumerated() {
      let isRun = asRuns && settlement.isPlainSuccess
      if isRun, let last = parts.last, last.isRun,
        settlement.continues(settlements[last.range.lowerBound])
      {
        parts[parts.count - 1].range = last.range.lowerBound..<index + 1
      } else {
        parts.append(Part(range: index..<index + 1, isRun: isRun))
      }
    }
    self.parts = parts
  }

  var argumentCount: Int {
    parts.reduce(0) { count, part in
      count
        + (part.isRun
          ? 5 + 3 * part.range.count : self.count(of: settlements[part.range.lowerBound]))
    }
  }

  func write(to writer: inout RESPWriter) {
    for part in parts {
      if part.isRun {
        writeRun(settlements[part.range], to: &writer)
      } else {
        write(settlements[part.range.lowerBound], to: &writer)
      }
    }
  }

  private func writeRun(_ run: ArraySlice<Settlement>, to writer: inout RESPWriter) {
    guard let first = run.first, let common = first.result else { return }
    writer.append(first.loan.batch)
    writer.append(run.count)
    writer.append("A")
    writer.append(closed.contains(first.loan.batch) ? "1" : "0")
    writer.append(common.expirySeconds)
    for settlement in run {
      guard let result = settlement.result else { continue }
      writer.append(settlement.loan.index)
      writer.append(result.id.rawValue)
      writer.append(result.bytes)
    }
  }

  private func count(of settlement: Settlement) -> Int {
    let disposition =
      switch settlement.disposition {
      case .acknowledge, .requeue: 0
      case .schedule: 3
      case .bury: 1
      }
    return 4 + disposition + (result(of: settlement) == nil ? 1 : 4)
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

extension Settlement {
  /// Whether it acknowledges and stores a success, and nothing else.
  fileprivate var isPlainSuccess: Bool {
    if case .acknowledge = disposition { result?.state == .success } else { false }
  }

  /// Whether it may stand in one run with another plain success.
  fileprivate func continues(_ other: Settlement) -> Bool {
    loan.batch == other.loan.batch && result?.expiry == other.result?.expiry
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
