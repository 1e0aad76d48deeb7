/// A state of the whole: Redis, two workers, and what is on the way between them.
///
/// Plain bytes throughout: two states are equal when their bytes are.
struct World: Sendable {
  var server = Server()
  /// How often each message will still be sent: once, or by each beat that finds it due.
  ///
  /// Sending can't go wrong here: a call that fails promises its caller nothing.
  var unsent = Bag()
  var workers: InlineArray<2, WorkerModel> = .init(repeating: WorkerModel())
  var requests: InlineArray<8, Request> = .init(repeating: Request())
  var faults = Faults()
  /// The crashes that each message has caused.
  var kills: InlineArray<3, UInt8> = .init(repeating: 0)
  /// How often a message that is acknowledged early was started.
  var starts: InlineArray<3, UInt8> = .init(repeating: 0)
  /// What the step that led here has broken.
  var flaw = Flaw.none

  static let requestCount = 8
}

/// A request between its sending and its reply.
///
/// Most requests are carried out in the step that sends them: nothing else can tell the difference.
/// Those are here that can: settlements, of which several may be on the way; waiting moves; and whatever
/// is late, its sender having given up on it.
struct Request: Sendable {
  var kind = Kind.none
  /// The worker that waits for the reply, or ``nobody``.
  var owner: UInt8 = 0
  var name: UInt8 = 0
  var batch: UInt8 = 0
  /// For a take, the batch to wait with.
  var waitingBatch: UInt8 = 0
  var list: UInt8 = 0
  /// The message that a move has brought, from 1; its reply is on the way.
  var moved: UInt8 = 0
  var open: UInt8 = 0
  var last: UInt8 = 0
  var items: InlineArray<2, Settling> = .init(repeating: Settling())

  static let nobody: UInt8 = 9

  enum Kind: UInt8 { case none, register, take, move, settle, tick, renew }

  var itemCount: Int { items[1].ending == .none ? 1 : 2 }
}

/// How many faults may still happen.
struct Faults: Equatable, Sendable {
  var crashes: UInt8 = 0
  var pauses: UInt8 = 0
  /// Requests or replies that are lost or late.
  var losses: UInt8 = 0
  /// Times that Redis is away for longer than a lease.
  var outages: UInt8 = 0
  /// Tries that fail and are repeated, and messages handed back.
  var retries: UInt8 = 0
}

/// What must never happen.
enum Flaw: UInt8, Sendable {
  case none
  case messageLost, messageDoubled
  case liveWorkerRobbed, ranWithoutLoan
  case fencedSettled, successOverwritten
  case earlyRanTwice
  case innocentBuried, miscounted

  var sentence: String {
    switch self {
    case .none: "nothing"
    case .messageLost: "a message is nowhere"
    case .messageDoubled: "a message is in two places"
    case .liveWorkerRobbed: "the loans of a worker that lives are given to others"
    case .ranWithoutLoan: "a worker with a lease holds what is not on loan to it"
    case .fencedSettled: "a worker without lease has settled"
    case .successOverwritten: "a success is overwritten"
    case .earlyRanTwice: "a message that was acknowledged early runs twice"
    case .innocentBuried: "a message that never harmed a worker is buried"
    case .miscounted: "a message is given up after another number of crashes than it may cause"
    }
  }
}

/// What a model is about: its messages, and what may go wrong.
package struct Scenario: Sendable {
  package enum Message: UInt8, Sendable {
    case ordinary
    /// Ends its worker whenever it runs.
    case poison
    /// Acknowledged before it runs.
    case early
  }

  package var messages: [Message]
  package var workers = 2
  /// How many beats fire each message; one is as good as a producer.
  package var beats = 1
  /// How many messages a worker holds at once.
  package var capacity = 2
  package var crashes = 0
  package var pauses = 0
  package var losses = 0
  package var outages = 0
  package var retries = 0
  /// Whether a task may store its progress, which asks for no lease.
  package var hasProgress = false
  package var rules = Rules()

  package init(_ messages: [Message]) { self.messages = messages }
}
