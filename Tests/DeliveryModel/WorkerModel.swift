/// A worker process: what `RedisConsumer`, its `LoanBook` and the worker above them know.
struct WorkerModel: Sendable {
  /// Whether the server knows its present name.
  var isRegistered = false
  var isPaused = false
  /// Its lease may run out although it lives: it was paused, or a tick of it was lost.
  var isExcused = false
  /// The number of its present name among the server's leases, its epoch.
  var name: UInt8 = 0
  var lane = Lane.idle
  var laneBatch: UInt8 = 0
  var book: InlineArray<5, BookEntry> = .init(repeating: BookEntry())

  enum Lane: UInt8 { case idle, registered, waiting }

  /// What it knows of a batch.
  struct BookEntry {
    var isKnown = false
    var doubt = Doubt.none
    var slots: InlineArray<2, Holding> = .init(repeating: Holding())

    /// `LoanBook.isComplete`.
    func isComplete(with indices: UInt8, _ rules: Rules) -> Bool {
      for index in 0..<2 where slots[index].code != 0 {
        if indices >> UInt8(index) & 1 == 1 || slots[index].knowledge == .settled { continue }
        if !rules.dropsArrivedOnly, slots[index].knowledge == .sent { continue }
        return false
      }
      return true
    }
  }

  /// A batch that may hold messages although its reply was lost.
  enum Doubt: UInt8 { case none, open, over }

  /// A message on loan, as the worker sees it.
  struct Holding {
    /// The message's number from 1, or 0 for an empty place.
    var code: UInt8 = 0
    var crashes: UInt8 = 0
    var phase = Phase.waiting
    var ending = Ending.none
    var knowledge = Knowledge.onLoan
    /// Asked before, without an answer.
    var isRepeated = false

    var message: MessageNumber { code - 1 }
    /// Whether the worker still has to settle it.
    var isOpen: Bool { code != 0 && knowledge != .settled }
  }

  enum Phase: UInt8 {
    /// It waits for its turn, or runs: nobody else can tell.
    case waiting
    /// The ending is known, the settlement not on the way.
    case ended
    /// A request with the settlement is on the way.
    case settling
  }

  /// `LoanBook.Status`.
  enum Knowledge: UInt8 { case onLoan, sent, settled }

  /// The places of messages whose settlement is not on the way.
  var unsettled: [(batch: Int, index: Int)] {
    var places: [(batch: Int, index: Int)] = []
    for batch in 0..<Server.batchCount where book[batch].isKnown {
      for index in 0..<2
      where book[batch].slots[index].isOpen && book[batch].slots[index].phase != .settling {
        places.append((batch, index))
      }
    }
    return places
  }

  /// Whether it has nothing to do but to wait.
  var waitsOnly: Bool {
    guard lane == .waiting else { return false }
    for batch in 0..<Server.batchCount where book[batch].isKnown || book[batch].doubt != .none {
      return false
    }
    return true
  }

  /// How many messages it holds.
  var held: Int {
    var count = 0
    for batch in 0..<Server.batchCount where book[batch].isKnown {
      for index in 0..<2 where book[batch].slots[index].isOpen { count += 1 }
    }
    return count
  }

  /// Whether a message that was on loan in this many crashes may come beside what it holds.
  func hasRoom(for crashes: Int, capacity: Int, _ rules: Rules) -> Bool {
    var count = 0
    for batch in 0..<Server.batchCount where book[batch].isKnown {
      for index in 0..<2 where book[batch].slots[index].isOpen {
        count += 1
        let other = Int(book[batch].slots[index].crashes)
        switch rules.company {
        case .anything: continue
        case .earlier: if other >= 2 { return false }
        case .nothing: if crashes >= 2 || other >= 2 { return false }
        }
      }
    }
    return count < capacity
  }

  /// Enters a message that was taken.
  mutating func enter(
    _ message: MessageNumber, at index: Int, of batch: Int, crashes: Int, _ rules: Rules
  ) {
    book[batch].isKnown = true
    var holding = Holding()
    holding.code = message + 1
    holding.crashes = UInt8(crashes)
    if holding.crashes >= rules.deliveries {
      holding.phase = .ended
      holding.ending = .bury
    }
    book[batch].slots[index] = holding
  }

  mutating func close(_ batch: Int) {
    book[batch].isKnown = false
    book[batch].slots = .init(repeating: Holding())
  }

  /// `LoanBook.confirm`.
  mutating func confirm(_ batch: Int, _ index: Int, _ rules: Rules) {
    guard book[batch].isKnown else { return }
    var settled = Holding()
    settled.code = book[batch].slots[index].code
    settled.knowledge = .settled
    book[batch].slots[index] = settled
    guard book[batch].isComplete(with: 0, rules) else { return }
    close(batch)
    book[batch].doubt = .over
  }
}
