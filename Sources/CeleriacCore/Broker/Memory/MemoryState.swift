/// What a memory broker holds, and each of its steps; a value, changed under one lock.
struct MemoryState {
  struct Waiting {
    let bytes: [UInt8]
    let priority: Int
  }

  struct Loaned {
    let message: Waiting
    let queue: QueueName
    let consumer: Int
  }

  var waiting: [QueueName: [Waiting]] = [:]
  var loans: [Loan: Loaned] = [:]
  // The earliest first.
  var scheduled: [(message: Message, due: Timestamp)] = []
  var dead: [(bytes: [UInt8], reason: String, queue: QueueName)] = []
  var results: [TaskID: ResultWrite] = [:]
  var beat: [String: BeatRecord] = [:]
  var consumers = 0

  var waiters: [MemoryWaiter] = []
  private(set) var version = 0
  private var batches = 0

  mutating func enqueue(_ messages: [Message]) {
    for message in messages {
      insert(
        Waiting(bytes: message.bytes, priority: message.priority), into: message.queue,
        first: false)
    }
  }

  /// Moves what has fallen due into its queue, to be taken next.
  mutating func promote(upTo now: Timestamp) {
    while let next = scheduled.first, next.due <= now {
      scheduled.removeFirst()
      enqueue([next.message])
    }
  }

  mutating func take(upTo count: Int, from queues: [QueueName], for consumer: Int) -> [Delivery] {
    var deliveries: [Delivery] = []
    batches += 1
    for step in PriorityStep.all {
      for queue in queues {
        while deliveries.count < count, let next = waiting[queue]?.first, next.step <= step {
          waiting[queue]?.removeFirst()
          let loan = Loan(batch: batches, index: deliveries.count)
          loans[loan] = Loaned(message: next, queue: queue, consumer: consumer)
          deliveries.append(Delivery(loan: loan, bytes: next.bytes, queue: queue))
        }
      }
    }
    return deliveries
  }

  mutating func settle(
    _ settlements: [Settlement], for consumer: Int, storing: Bool
  ) -> Set<Loan> {
    var lost: Set<Loan> = []
    for settlement in settlements {
      guard let loaned = loans[settlement.loan], loaned.consumer == consumer else {
        lost.insert(settlement.loan)
        continue
      }
      loans[settlement.loan] = nil
      switch settlement.disposition {
      case .acknowledge: break
      case .requeue: insert(loaned.message, into: loaned.queue, first: true)
      case .schedule(let message, let due): schedule(message, due: due)
      case .bury(let reason): dead.append((loaned.message.bytes, reason, loaned.queue))
      }
      if storing, let result = settlement.result { store(result) }
    }
    version += 1
    return lost
  }

  mutating func release(_ consumer: Int) {
    let held = loans.filter { $0.value.consumer == consumer }
      .sorted {
        ($0.key.batch, $0.key.index) > ($1.key.batch, $1.key.index)
      }
    for (loan, loaned) in held {
      loans[loan] = nil
      insert(loaned.message, into: loaned.queue, first: true)
    }
  }

  mutating func store(_ write: ResultWrite) {
    guard results[write.id]?.state != .success else { return }
    results[write.id] = write
    version += 1
  }

  /// The waiters for whom something has changed.
  mutating func takeWoken() -> [MemoryWaiter] {
    defer { waiters = [] }
    return waiters
  }

  private mutating func schedule(_ message: Message, due: Timestamp) {
    let index = scheduled.firstIndex { $0.due > due } ?? scheduled.endIndex
    scheduled.insert((message, due), at: index)
  }

  private mutating func insert(_ message: Waiting, into queue: QueueName, first: Bool) {
    var line = waiting[queue] ?? []
    let place =
      first
      ? line.firstIndex { $0.step >= message.step } : line.firstIndex { $0.step > message.step }
    line.insert(message, at: place ?? line.endIndex)
    waiting[queue] = line
    version += 1
  }
}

extension MemoryState.Waiting {
  /// The first priority of the list that Celery would keep the message in.
  fileprivate var step: Int { PriorityStep.all.last { $0 <= priority } ?? 0 }
}
