/// The life of one connection, without its socket.
///
///     idle ──start──► connecting ──opened──► handshaking ──accepted──► ready
///                       ▲    │ lost              │ lost                  │ lost
///                       │    ▼                   ▼                       ▼
///                       └─ waiting ◄─────────────┴───────────────────────┘
///
///     any ──close──► closed          connecting, handshaking ──rejected──► closed (gave up)
///
/// A server that rejects the password of a connection that once was ready may be between two
/// configurations: then the machine waits and asks again. One that rejects the first is not asked
/// twice.
struct ConnectionMachine: Equatable {
  enum State: Equatable {
    case idle
    case connecting(attempt: Int)
    case handshaking(attempt: Int)
    case ready(attempt: Int, since: ContinuousClock.Instant)
    case waiting(attempt: Int, until: ContinuousClock.Instant)
    case closed(RedisError?)
  }

  enum Event {
    /// The owner wants a connection.
    case start
    /// The socket is open.
    case opened
    /// The server answered the handshake.
    case accepted
    /// The server refused the handshake for a reason that trying again does not change.
    case rejected(RedisError)
    /// The socket broke, could not be opened, fell silent, or the server is not ready.
    case lost(RedisError)
    /// The wait is over.
    case timeToRetry
    /// The owner wants no connection any more.
    case close
  }

  enum Action: Equatable {
    case none
    case connect(attempt: Int)
    case shakeHands
    case serve
    /// Drops the socket, waits; the reason is new to the owner when `announcing`.
    case wait(until: ContinuousClock.Instant, reason: RedisError, announcing: Announcement)
    /// Drops the socket for good.
    case end(RedisError?)
  }

  enum Announcement: Equatable {
    case outageBegins
    case outageGoesOn
  }

  /// Whether a server has ever accepted this connection.
  private enum Trust {
    case unproven
    case proven
  }

  private(set) var state = State.idle
  private var trust = Trust.unproven
  private let backoff: Backoff
  /// A connection that breaks sooner goes on counting its attempts, so that a server which accepts
  /// and drops is not asked without pause.
  private let steadyAfter: Duration

  init(backoff: Backoff, steadyAfter: Duration = .seconds(5)) {
    self.backoff = backoff
    self.steadyAfter = steadyAfter
  }

  mutating func receive(
    _ event: Event, at now: ContinuousClock.Instant, jitter: Double
  ) -> Action {
    switch (state, event) {
    case (.closed, _):
      return .none
    case (_, .close):
      state = .closed(nil)
      return .end(nil)
    case (.idle, .start):
      state = .connecting(attempt: 1)
      return .connect(attempt: 1)
    case (.waiting(let attempt, _), .timeToRetry):
      state = .connecting(attempt: attempt + 1)
      return .connect(attempt: attempt + 1)
    case (.connecting(let attempt), .opened):
      state = .handshaking(attempt: attempt)
      return .shakeHands
    case (.handshaking(let attempt), .accepted):
      state = .ready(attempt: attempt, since: now)
      trust = .proven
      return .serve
    case (.connecting(let attempt), .rejected(let error)),
      (.handshaking(let attempt), .rejected(let error)):
      guard trust == .proven else {
        state = .closed(error)
        return .end(error)
      }
      // That the server is there and says no is news, whatever was said before.
      return wait(after: attempt, error, outageBegan: true, at: now, jitter)
    case (.connecting(let attempt), .lost(let error)),
      (.handshaking(let attempt), .lost(let error)):
      let isFirst = trust == .unproven && attempt == 1
      return wait(after: attempt, error, outageBegan: isFirst, at: now, jitter)
    case (.ready(let attempt, let since), .lost(let error)),
      (.ready(let attempt, let since), .rejected(let error)):
      let isSteady = since.duration(to: now) >= steadyAfter
      return wait(after: isSteady ? 0 : attempt, error, outageBegan: true, at: now, jitter)
    case (.idle, _), (.waiting, _), (.connecting, _), (.handshaking, _), (.ready, _):
      return .none
    }
  }

  private mutating func wait(
    after attempt: Int, _ reason: RedisError, outageBegan: Bool, at now: ContinuousClock.Instant,
    _ jitter: Double
  ) -> Action {
    let until = now + backoff.delay(afterAttempt: attempt, jitter: jitter)
    state = .waiting(attempt: attempt, until: until)
    return .wait(
      until: until, reason: reason, announcing: outageBegan ? .outageBegins : .outageGoesOn)
  }
}
