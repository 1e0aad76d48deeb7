internal import Synchronization

/// What other threads hand over to a connection's pipe: one lock per hand-over, one piece of work
/// for the I/O thread per burst.
///
/// Where callers come one by one, the thread lends them its link, and each exchanges its command by
/// itself; the first that meets another, or waits too long, gives it back.
///
///     empty ⇄ filling ─► closed        empty ──offer──► lent ⇄ in use ──give back──► filling
final class CommandOutbox: Sendable {
  private enum State {
    case empty
    /// The thread will look; more may be added until then.
    case filling([Exchange])
    /// Whoever has a command may take the link.
    case lent(BorrowedLink, Use)
    /// Somebody has it; what comes meanwhile is handed over when he gives it back.
    case inUse([Exchange])
    case closed
  }

  /// What has been done with the link since somebody last looked.
  private enum Use {
    case none
    case some
  }

  /// What has become of an exchange that its caller wanted to do by itself.
  enum DirectEnd {
    case answered([RedisReply])
    /// The I/O thread has taken it over.
    case underway
    /// It has to be put.
    case notNow
  }

  private static let idleTime = Duration.seconds(1)
  /// hiredis moves what is left of its buffer after each write, and the other side may be slow.
  private static let largestDirect = 64 * 1024

  private let state = Mutex(State.empty)
  private let pipe: Confined<CommandPipe>
  private let thread: IOThread

  init(on thread: IOThread, _ makePipe: @escaping @Sendable (IOLoop) -> CommandPipe) {
    self.thread = thread
    pipe = Confined(on: thread, makePipe)
  }

  /// Lets callers use the link from now on.
  func allowLending() {
    thread.perform { [weak self, pipe] loop in
      pipe.value(in: loop).lender = { [weak self] in self?.offer($0, in: loop) ?? false }
    }
  }

  /// Hands an exchange over.
  func put(_ exchange: Exchange) {
    enum Outcome { case first, later, takesBack, closed }
    let outcome: Outcome = state.withLock { state in
      switch state {
      case .empty:
        state = .filling([exchange])
        return .first
      case .filling(var exchanges):
        state = .empty  // so that the list has one owner and grows in place
        exchanges.append(exchange)
        state = .filling(exchanges)
        return .later
      case .lent:
        state = .filling([exchange])
        return .takesBack
      case .inUse(var exchanges):
        state = .empty
        exchanges.append(exchange)
        state = .inUse(exchanges)
        return .later
      case .closed:
        return .closed
      }
    }
    switch outcome {
    case .first: thread.perform { [self] loop in submitAll(in: loop) }
    case .takesBack: giveBack(nil)
    case .later: break
    case .closed:
      exchange.settle(.failure(RedisError(.closed, "redis", "the connection was closed")))
    }
  }

  /// Accepts nothing more, and ends the connection.
  func close() {
    thread.perform { [self] loop in close(in: loop) }
  }

  private func close(in loop: IOLoop) {
    let exchanges: [Exchange]? = state.withLock { state in
      if case .inUse = state { return nil }
      defer { state = .closed }
      if case .filling(let exchanges) = state { return exchanges }
      return []
    }
    guard let exchanges else {
      // Nobody keeps the link for longer than a moment.
      _ = loop.schedule(after: .milliseconds(1)) { [self] in close(in: $0) }
      return
    }
    let pipe = pipe.value(in: loop)
    pipe.takeBack(nil)
    pipe.submit(exchanges)
    pipe.close()
  }

  private func submitAll(in loop: IOLoop) {
    let exchanges: [Exchange] = state.withLock { state in
      guard case .filling(let exchanges) = state else { return [] }
      state = .empty
      return exchanges
    }
    pipe.value(in: loop).submit(exchanges)
  }
}

extension CommandOutbox {
  /// Whether callers use the link themselves at present.
  var isLent: Bool {
    state.withLock { state in
      switch state {
      case .lent, .inUse: true
      case .empty, .filling, .closed: false
      }
    }
  }

  /// Does an exchange on the calling thread if the link is free.
  ///
  /// The thread is blocked as long as the server takes: for a fraction of a millisecond, or else for
  /// some milliseconds, and then not again until the server is as fast as before.
  func exchangeDirectly(_ exchange: Exchange) -> DirectEnd {
    guard let limit = exchange.timeout, exchange.batch.writer.bytes.count < Self.largestDirect,
      let link = borrow()
    else { return .notNow }
    let now = ContinuousClock.now
    let flight = CommandPipe.Flight(
      ticket: CommandPipe.Ticket(exchange: exchange, deadline: now + limit), since: now)
    switch link.exchange(exchange.batch, for: flight) {
    case .answered where flight.isPlain:
      finish(with: link)
      return .answered(flight.replies)
    case .answered, .underway:
      finish(with: nil)
      giveBack(Handover(flight: flight))
    case .untouched:
      finish(with: nil, adding: exchange)
      giveBack(nil)
    }
    return .underway
  }

  private func borrow() -> BorrowedLink? {
    state.withLock { state in
      guard case .lent(let link, _) = state else { return nil }
      state = .inUse([])
      return link
    }
  }

  /// Puts the link back for the next caller, unless others wait for its thread.
  private func finish(with link: BorrowedLink?, adding exchange: Exchange? = nil) {
    let mustGiveBack = state.withLock { state in
      guard case .inUse(let others) = state else {
        preconditionFailure("a borrowed link was given away")
      }
      if let link, others.isEmpty {
        state = .lent(link, .some)
        return false
      }
      state = .filling((exchange.map { [$0] } ?? []) + others)
      return link != nil
    }
    if mustGiveBack { giveBack(nil) }
  }

  // The thread serves the link again; what was not written follows what was.
  private func giveBack(_ handover: Handover?) {
    thread.perform { [self] loop in
      pipe.value(in: loop).takeBack(handover?.flight)
      submitAll(in: loop)
    }
  }

  // Sound, because the thread that made the flight leaves it to the I/O thread with this value, and
  // keeps nothing of it.
  private struct Handover: @unchecked Sendable {
    let flight: CommandPipe.Flight
  }
}

// On the I/O thread.
extension CommandOutbox {
  private func offer(_ link: BorrowedLink, in loop: IOLoop) -> Bool {
    let isTaken = state.withLock { state in
      guard case .empty = state else { return false }
      state = .lent(link, .none)
      return true
    }
    if isTaken { watchLoan(in: loop) }
    return isTaken
  }

  // A link that nobody uses is better watched: the end of its connection is news.
  private func watchLoan(in loop: IOLoop) {
    let pipe = pipe.value(in: loop)
    pipe.loanTimer = loop.schedule(after: Self.idleTime) { [weak self] loop in
      guard let self else { return }
      let isUnused = state.withLock { state in
        guard case .lent(let link, let use) = state else { return false }
        switch use {
        case .none: state = .empty
        case .some: state = .lent(link, .none)
        }
        return use == .none
      }
      if isUnused { pipe.takeBack(nil) } else { watchLoan(in: loop) }
    }
  }
}
