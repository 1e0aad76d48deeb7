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
  private var batches: [Int: [Status]] = [:]

  private var doubts: [Int: Doubt] = [:]

  /// What is known of a message on loan.
  private enum Status {
    case onLoan
    /// Its settlement is on the way; whether it arrives is open.
    case sent
    case settled
  }

  /// A batch that may hold messages although its reply was lost.
  private struct Doubt {
    /// How long the request may still be carried out by a server that answers again.
    let grace: Duration
    /// The end of that time, which begins with the server's first answer.
    var end: ContinuousClock.Instant?
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
    batches[batch] = Array(repeating: .onLoan, count: messages.count)
    return messages.enumerated().map { index, bytes in
      Delivery(loan: loan(batch, index), bytes: bytes, queue: queue)
    }
  }

  /// Notes that a settlement is sent; nil when the loan is not this epoch's.
  ///
  /// Noting it again, for a settlement that is repeated, changes nothing.
  mutating func settle(_ loan: Loan) -> Int? {
    guard let batch = number(of: loan), batches[batch] != nil else { return nil }
    if batches[batch]?[loan.index] == .onLoan { batches[batch]?[loan.index] = .sent }
    return batch
  }

  /// Whether a batch ends with the settlement of these messages.
  ///
  /// Another settlement that is still on the way may arrive later, or never: a batch that was
  /// dropped before would take its message along.
  func isComplete(_ batch: Int, with indices: Set<Int>) -> Bool {
    batches[batch]?.indices.allSatisfy {
      indices.contains($0) || batches[batch]?[$0] == .settled
    } ?? false
  }

  /// Notes that a settlement has arrived.
  mutating func confirm(_ loan: Loan) {
    guard let batch = number(of: loan), batches[batch] != nil else { return }
    batches[batch]?[loan.index] = .settled
    guard isComplete(batch, with: []) else { return }
    // Settled by several requests at once, none of which knew that it would be the last.
    close(batch)
    suspect(batch, for: .zero)
  }

  /// Whether a message is this worker's, as far as it knows.
  func holds(_ loan: Loan) -> Bool {
    number(of: loan).map { batches[$0] != nil } ?? false
  }

  /// Forgets a batch that is settled and gone.
  mutating func close(_ batch: Int) {
    batches[batch] = nil
  }

  /// Notes that a batch may have been filled by a request whose answer was lost.
  mutating func suspect(_ batch: Int, for grace: Duration) {
    doubts[batch] = Doubt(grace: grace)
  }

  /// The batches to look into, and whether for the last time.
  func reclaims(at now: ContinuousClock.Instant) -> Reclaims {
    let isOver = { (doubt: Doubt) in doubt.end.map { $0 <= now } ?? (doubt.grace == .zero) }
    return Reclaims(
      open: doubts.filter { !isOver($0.value) }.map(\.key),
      last: doubts.filter { isOver($0.value) }.map(\.key))
  }

  /// Notes that the server has looked into them.
  mutating func reclaimed(_ reclaims: Reclaims, at now: ContinuousClock.Instant) {
    for batch in reclaims.last { doubts[batch] = nil }
    for batch in reclaims.open {
      if let doubt = doubts[batch], doubt.end == nil { doubts[batch]?.end = now + doubt.grace }
    }
  }

  /// Begins a new epoch and returns the loans that are lost with the old one, also those whose
  /// settlement is on the way: it comes too late, as far as anybody knows.
  mutating func startAnew() -> [Loan] {
    let lost = batches.flatMap { number, messages in
      messages.indices.filter { messages[$0] != .settled }.map { loan(number, $0) }
    }
    epoch += 1
    worker = "\(base).\(epoch)"
    batches = [:]
    doubts = [:]
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

/// Batches for a tick to look into.
struct Reclaims {
  /// Those that may be filled later still.
  let open: [Int]
  /// Those that are forgotten after this.
  let last: [Int]
}
