import CeleriacCore

/// What a consumer knows of its loans: which batches are out, and what of each is settled.
///
/// A worker that has lost its lease starts anew under another name, its *epoch*: what was taken
/// under the old one is no longer its own.
struct LoanBook {
  /// The worker's name on the loans, unique to one life of one process.
  private(set) var worker: String

  private let base: String
  private var epoch = 1
  private var nextBatch = 1
  private var batches: [Int: Batch] = [:]

  /// Batches that may hold messages although their reply was lost, and until when.
  private(set) var uncertain: [Int: ContinuousClock.Instant] = [:]

  private struct Batch {
    var isSettled: [Bool]
  }

  init(base: String) {
    self.base = base
    worker = "\(base).1"
  }

  /// Reserves batch numbers.
  mutating func reserve(_ count: Int) -> Int {
    defer { nextBatch += count }
    return nextBatch
  }

  /// Enters a batch that was taken.
  mutating func enter(_ batch: Int, messages: [[UInt8]], queue: QueueName) -> [Delivery] {
    batches[batch] = Batch(isSettled: Array(repeating: false, count: messages.count))
    return messages.enumerated().map { index, bytes in
      Delivery(loan: loan(batch, index), bytes: bytes, queue: queue)
    }
  }

  /// Notes that a settlement is sent; nil when the loan is not this epoch's.
  ///
  /// Noting it again, for a settlement that is repeated, changes nothing.
  mutating func settle(_ loan: Loan) -> Int? {
    guard let batch = number(of: loan), batches[batch] != nil else { return nil }
    batches[batch]?.isSettled[loan.index] = true
    return batch
  }

  /// Whether all messages of a batch are settled.
  func isComplete(_ batch: Int) -> Bool {
    batches[batch]?.isSettled.allSatisfy(\.self) ?? false
  }

  /// Forgets a batch that is settled and gone.
  mutating func close(_ batch: Int) {
    batches[batch] = nil
  }

  /// Notes that a batch may have been filled by a request whose answer was lost.
  mutating func suspect(_ batch: Int, until: ContinuousClock.Instant) {
    uncertain[batch] = until
  }

  /// Forgets those whose requests cannot be carried out any more.
  mutating func clear(_ reclaimed: [Int], at now: ContinuousClock.Instant) {
    for batch in reclaimed {
      if let until = uncertain[batch], until <= now { uncertain[batch] = nil }
    }
  }

  /// Begins a new epoch and returns the loans that are lost with the old one.
  mutating func startAnew() -> [Loan] {
    let lost = batches.flatMap { number, batch in
      batch.isSettled.indices.filter { !batch.isSettled[$0] }.map { loan(number, $0) }
    }
    epoch += 1
    worker = "\(base).\(epoch)"
    batches = [:]
    uncertain = [:]
    return lost
  }

  private func loan(_ batch: Int, _ index: Int) -> Loan {
    Loan(batch: "\(worker):\(batch)", index: index)
  }

  private func number(of loan: Loan) -> Int? {
    guard let colon = loan.batch.lastIndex(of: ":"), loan.batch[..<colon] == worker else {
      return nil
    }
    return Int(loan.batch[loan.batch.index(after: colon)...])
  }
}
