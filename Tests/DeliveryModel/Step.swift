/// One arrow between two states.
struct Step: Sendable {
  var kind: Kind
  var worker: Int = 0
  var fate = Fate.arrives
  var message: MessageNumber = 0
  /// What is taken together with it.
  var other: MessageNumber?
  var list = 0
  var name = 0
  var batch = 0
  var ending = Ending.none

  init(_ kind: Kind) { self.kind = kind }

  /// In the order in which a fair schedule takes them.
  enum Kind: UInt8 {
    case resume, register, arrive, reply, ask, die
    case tick, renew, graceEnds, take, expect, wait, move, send, vanish, expire, forget
    // Nobody needs these to come to an end.
    case progress, takeOver
    case crash, stop, pause, outage, restart
  }

  /// What becomes of a request that is carried out in the step that sends it.
  enum Fate: UInt8 {
    case arrives
    /// It is carried out; its sender isn't told.
    case replyLost
    case lost
    /// Its sender gives up; it may be carried out later.
    case late

    static let all: [Fate] = [.arrives, .replyLost, .lost, .late]
  }

  /// Whether a schedule without further faults may take it.
  var isFair: Bool { kind.rawValue < Kind.progress.rawValue && fate == .arrives }

  /// The step in words.
  func described(with labels: Labels) -> String {
    let who = labels.workers[worker]
    let others = other.map { " and \(labels.messages[Int($0)])" } ?? ""
    let message = labels.messages[Int(message)] + others
    let lease = "lease \(labels.names[name])"
    let place = list == 0 ? "the queue" : "suspects \(list)"
    let text =
      switch kind {
      case .send: "\(message) is sent"
      case .register: "\(who) registers \(lease)"
      case .take: "\(who) takes \(message) from \(place), \(lease)"
      case .expect: "\(who) finds nothing and waits, \(lease)"
      case .wait: "\(who) waits again, \(lease)"
      case .move: "\(message) moves into what is waited with, \(lease)"
      case .reply: "\(who) is told what has come, \(lease)"
      case .ask: "\(who) sends how \(message) ends: \(ending)"
      case .arrive: "a request is carried out, \(lease)"
      case .vanish: "a late request is lost, \(lease)"
      case .die: "\(who) dies of \(message)"
      case .tick: "\(who) ticks, \(lease)"
      case .renew: "\(who) renews, \(lease)"
      case .expire: "\(lease) runs out"
      case .graceEnds: "the grace after the outage is over"
      case .forget: "\(lease) is forgotten"
      case .takeOver: "a successor takes over \(lease)"
      case .progress: "\(who) stores the progress of \(message)"
      case .crash: "\(who) crashes"
      case .stop: "\(who) stops and hands everything back"
      case .pause: "\(who) is paused"
      case .resume: "\(who) is resumed"
      case .outage: "Redis stands still for longer than a lease"
      case .restart: "Redis is away for longer than a lease, and its connections are gone"
      }
    return text + fate.described
  }
}

extension Step.Fate {
  fileprivate var described: String {
    switch self {
    case .arrives: ""
    case .replyLost: "; the reply is lost"
    case .lost: "; the request is lost"
    case .late: "; the request is late"
    }
  }
}
