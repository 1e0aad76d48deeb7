/// Where a message waits: its queue, or the suspects of that queue by crashes seen.
package enum List {
  package static let queue = 0
  /// As many as there are crashes to tell apart.
  package static let count = 4
}

/// Redis: where each message is, and the scripts that move it, each of them one step.
///
/// All of it is plain bytes, so that a state is compared and hashed as such.
package struct Server: Sendable {
  /// How many workers' names there can be at once, and how many batches each can have.
  package static let leaseCount = 5
  package static let batchCount = 5

  package var lists: InlineArray<4, Bag> = .init(repeating: Bag())
  package var scheduled = Bag()
  /// What was sent, or fired by a beat that recorded its instant.
  package var fired = Bag()
  package var dead = Bag()
  /// What was acknowledged; Redis keeps nothing of it.
  package var done = Bag()
  package var results: InlineArray<3, ResultState> = .init(repeating: .none)
  package var leases: InlineArray<5, Lease> = .init(repeating: Lease())
  package var recovery = Recovery.open

  package init() {}

  package enum ResultState: UInt8, Sendable { case none, other, success }

  /// Whether loans of others may be recovered.
  package enum Recovery: UInt8, Sendable {
    case open
    /// Nobody has ticked for long.
    case stale
    /// Somebody has again; those that live renew their leases now.
    case grace
  }

  /// One worker's loans, under one name.
  package struct Lease: Sendable {
    package var exists = false
    package var isLive = false
    package var isExpired = false
    /// The first sweep after its end was made.
    package var isSwept = false
    package var batches: InlineArray<5, Batch> = .init(repeating: Batch())

    package init() {}
  }

  package struct Batch: Sendable {
    /// The list it came from, from 1; 0 when the batch isn't registered.
    package var source: UInt8 = 0
    package var slots: InlineArray<2, Slot> = .init(repeating: .nothing)

    package init() {}

    package var isRegistered: Bool { source != 0 }
    package var list: Int { Int(source) - 1 }
    package var isEmpty: Bool { slots[0] == .nothing && slots[1] == .nothing }

    /// Puts a message at the head, as LMOVE does; false when there is no room in the model.
    mutating func push(_ message: MessageNumber) -> Bool {
      guard slots[1] == .nothing else { return false }
      slots[1] = slots[0]
      slots[0] = Slot(message)
      return true
    }
  }

  /// What stands at one place of a batch.
  package struct Slot: Equatable, Sendable {
    private let code: UInt8
    package static let nothing = Slot(code: 0)
    package static let tombstone = Slot(code: 255)

    private init(code: UInt8) { self.code = code }
    package init(_ message: MessageNumber) { code = message + 1 }

    package var message: MessageNumber? {
      self == .nothing || self == .tombstone ? nil : code - 1
    }

    package static func == (a: Slot, b: Slot) -> Bool { a.code == b.code }
  }
}

/// One settlement as it stands in a request.
package struct Settling: Sendable {
  package var batch: UInt8 = 0
  package var index: UInt8 = 0
  package var ending = Ending.none
  package var closes = false
  /// What a schedule brings along: the message, as the worker knows it.
  package var message: MessageNumber = 0

  package init() {}
  package init(
    batch: UInt8, index: UInt8, _ ending: Ending, closes: Bool, message: MessageNumber
  ) {
    self.batch = batch
    self.index = index
    self.ending = ending
    self.closes = closes
    self.message = message
  }
}

/// How a loan ends, and the result that goes with it.
package enum Ending: UInt8, Sendable {
  case none
  /// Acknowledged, with a success.
  case success
  /// Acknowledged before the task runs, without a result.
  case early
  /// Back into the list it came from.
  case requeue
  /// Scheduled for another try, with a result that says so.
  case schedule
  /// Put into the dead letters, with a failure.
  case bury
}
