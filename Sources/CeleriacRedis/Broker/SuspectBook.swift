import CeleriacCore

/// In how many lists suspects can wait.
enum SuspectCounts {
  static let range = 1...9
}

/// What a consumer knows of suspects: where some wait, and which one it has out to run apart.
///
/// A suspect to run apart is taken when nothing else is on loan to this worker, and for its first
/// seconds the worker takes nothing else. That is time enough for most that kill. Both are bounded: what
/// runs before it may never end, and the suspect may be an innocent that takes an hour.
struct SuspectBook {
  static let seclusion = Duration.seconds(10)
  /// How long a worker takes nothing, so that what it has on loan ends before a suspect runs apart.
  static let clearing = Duration.seconds(10)

  private let queues: [QueueName]
  private let apartAfter: Int
  // Bit n: something waits in a list of n crashes. All of them, until the server has told.
  private var waiting = UInt16.max
  private var apart: (loan: Loan, end: ContinuousClock.Instant)?
  private var clearingEnd: ContinuousClock.Instant?

  init(queues: [QueueName], apartAfter: Int) {
    self.queues = queues
    self.apartAfter = max(apartAfter, 1)
  }

  /// The lists to take from now, those with the most crashes first, and how many of them hold
  /// messages to run apart.
  var lists: (lists: [SuspectList], apart: Int) {
    let counts = SuspectCounts.range.reversed().filter { waiting & 1 << $0 != 0 }
    let apartCounts = counts.prefix { $0 >= apartAfter }
    let open = apart == nil ? counts[...] : counts.dropFirst(apartCounts.count)
    let lists = open.flatMap { count in
      queues.map { SuspectList(crashes: count, queue: $0) }
    }
    return (lists, apart == nil ? apartCounts.count * queues.count : 0)
  }

  /// Whether something waits that this worker may take.
  var holdsAny: Bool { !lists.lists.isEmpty }

  /// Whether the worker takes nothing at present.
  func isSecluded(at now: ContinuousClock.Instant) -> Bool {
    apart.map { now < $0.end } ?? false
  }

  /// Whether the worker has begun to clear itself for a suspect to run apart.
  var isClearing: Bool { clearingEnd != nil }

  /// Whether the worker takes nothing until all it has on loan has ended: a suspect to run apart may
  /// wait.
  mutating func clears(at now: ContinuousClock.Instant, isIdle: Bool) -> Bool {
    guard !isIdle, lists.apart > 0 else {
      clearingEnd = nil
      return false
    }
    let end = clearingEnd ?? now + Self.clearing
    clearingEnd = end
    return now < end
  }

  /// Notes where suspects wait, as a tick has found.
  mutating func note(waiting bits: Int) {
    waiting = UInt16(truncatingIfNeeded: bits)
  }

  /// Notes that suspects may wait anywhere: the worker has begun anew.
  mutating func forget() {
    waiting = .max
    apart = nil
    clearingEnd = nil
  }

  /// Notes what a request for `count` of `asked` has brought.
  mutating func note(
    _ deliveries: [Delivery], of asked: [SuspectList], upTo count: Int,
    at now: ContinuousClock.Instant
  ) {
    if let delivery = deliveries.first(where: { $0.crashes >= apartAfter }) {
      apart = (delivery.loan, now + Self.seclusion)
      clearingEnd = nil
    } else if deliveries.count < count {
      for list in asked { waiting &= ~(1 << list.crashes) }
    }
  }

  /// Notes that loans end; true when the one that ran apart is among them.
  mutating func end(_ loans: some Sequence<Loan>) -> Bool {
    guard let apart, loans.contains(apart.loan) else { return false }
    self.apart = nil
    return true
  }
}

/// A list of suspects.
struct SuspectList: Hashable {
  let crashes: Int
  let queue: QueueName

  var key: String { Keys.suspects(crashes, queue) }
}
