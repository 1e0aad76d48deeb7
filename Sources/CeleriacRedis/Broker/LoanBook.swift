import CeleriacCore

/// What a consumer knows of its loans: which batches are out, and what of each is settled.
///
/// A worker that has lost its lease starts anew under another name, its *epoch*: what was taken
/// under the old one is no longer its own. Batch numbers go on over epochs, so a number alone says
/// whether a loan is of the present one.
struct LoanBook {
  /// The worker's name on the loans, unique to one life of one process.
  private(set) var worker: String

  private let base: String
  private var epoch = 1
  private var nextBatch = 1
  // The first of this epoch.
  private var firstBatch = 1
  private var batches: [Int: Batch] = [:]
  private var requests = 0

  private var doubts: [Int: Doubt] = [:]
  // Numbers of requests whose answer is open.
  private var asked: Set<Int> = []

  /// What is known of a message on loan.
  private enum Status: Equatable {
    case onLoan
    /// Its settlement is on the way with that request; whether it arrives is open.
    case sent(request: Int)
    case settled
  }

  /// The messages of one batch, and how many of them are not settled.
  private struct Batch {
    var messages: [Status]
    var open: Int
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

  /// Reserves batch numbers for a request; until it is ``answered(_:)``, nobody knows what is in them.
  mutating func reserve(_ count: Int) -> Int {
    defer { nextBatch += count }
    ask(nextBatch..<nextBatch + count)
    return nextBatch
  }

  /// Notes that a request about some batches is on its way.
  mutating func ask(_ batches: Range<Int>) { asked.formUnion(batches) }

  /// Notes that the request has its answer, or never gets one: what it has filled is entered by now, or
  /// suspected.
  mutating func answered(_ batches: Range<Int>) { asked.subtract(batches) }

  /// Enters a batch that was taken.
  mutating func enter(
    _ batch: Int, messages: [[UInt8]], queue: QueueName, crashes: Int = 0
  ) -> [Delivery] {
    batches[batch] = Batch(
      messages: Array(repeating: .onLoan, count: messages.count), open: messages.count)
    return messages.enumerated().map { index, bytes in
      Delivery(
        loan: Loan(batch: batch, index: index), bytes: bytes, queue: queue, crashes: crashes)
    }
  }

  /// Begins a request, whose number its settlements are noted with.
  mutating func beginRequest() -> Int {
    requests += 1
    return requests
  }

  /// Notes that a settlement is sent with a request.
  ///
  /// Noting it again, for a settlement that is repeated, changes nothing but the request.
  mutating func send(_ loan: Loan, with request: Int) -> Sending {
    guard let status = batches[loan.batch]?.messages[loan.index] else { return .notOurs }
    guard status != .settled, status != .sent(request: request) else { return .known }
    batches[loan.batch]?.messages[loan.index] = .sent(request: request)
    return .first
  }

  /// Whether a batch ends with a request that settles `count` of its messages.
  ///
  /// Another settlement that is still on the way may arrive later, or never: a batch that was
  /// dropped before would take its message along.
  func isComplete(_ batch: Int, with count: Int) -> Bool {
    batches[batch].map { $0.open == count } ?? false
  }

  /// Notes that a settlement has arrived.
  mutating func confirm(_ loan: Loan) {
    guard let status = batches[loan.batch]?.messages[loan.index], status != .settled else { return }
    batches[loan.batch]?.messages[loan.index] = .settled
    batches[loan.batch]?.open -= 1
    guard isComplete(loan.batch, with: 0) else { return }
    // Settled by several requests at once, none of which knew that it would be the last.
    close(loan.batch)
    suspect(loan.batch, for: .zero)
  }

  /// All that is on loan, as far as the worker knows.
  var open: [Loan] {
    batches.flatMap { number, batch in
      batch.messages.indices.filter { batch.messages[$0] != .settled }
        .map { Loan(batch: number, index: $0) }
    }
  }

  /// Whether nothing is on loan, as far as the worker knows.
  var isEmpty: Bool { batches.isEmpty }

  /// Whether a message is this worker's, as far as it knows.
  func holds(_ loan: Loan) -> Bool { batches[loan.batch] != nil }

  /// Whether nothing is on loan for certain: no lost request may have filled a batch either.
  var isEmptyForCertain: Bool { batches.isEmpty && doubts.isEmpty }

  /// Whether the epoch is over in which a message was taken.
  func hasLost(_ loan: Loan) -> Bool { loan.batch < firstBatch }

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

  /// The batches that there may be, as far as is known.
  ///
  /// One that the server has beside them is nobody's: a request came later than anybody reckoned with, or
  /// the server has come back with older data.
  var known: Set<Int> { asked.union(batches.keys).union(doubts.keys) }

  /// Begins a new epoch and returns the loans that are lost with the old one, also those whose
  /// settlement is on the way: it comes too late, as far as anybody knows.
  mutating func startAnew() -> [Loan] {
    let lost = open
    epoch += 1
    firstBatch = nextBatch
    worker = "\(base).\(epoch)"
    batches = [:]
    doubts = [:]
    asked = []
    return lost
  }
}

extension LoanBook {
  /// What is noted of a settlement that is about to be sent.
  enum Sending {
    /// The first in its request.
    case first
    /// The request has it already, or it has arrived before.
    case known
    /// The loan is not of this epoch.
    case notOurs
  }
}

/// Batches for a tick to look into.
struct Reclaims {
  /// Those that may be filled later still.
  let open: [Int]
  /// Those that are forgotten after this.
  let last: [Int]
}
