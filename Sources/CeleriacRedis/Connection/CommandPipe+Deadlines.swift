extension CommandPipe {
  /// Has the deadlines checked at `due` or before.
  ///
  /// One timer per connection, moved forward only: commands that are answered in time, which is
  /// nearly all, cost nothing but this comparison.
  func checkTimes(by due: ContinuousClock.Instant) {
    if let timer {
      guard due < timer.due else { return }
      loop.cancel(timer.id)
    }
    let id = loop.schedule(at: due) { [weak self] _ in
      self?.timer = nil
      self?.checkTimes()
    }
    timer = (id, due)
  }

  private func checkTimes() {
    let now = loop.now
    if let silence = silenceEnds(), silence <= now {
      drop(RedisError(.timedOut, subject, "no reply within \(configuration.commandTimeout)"))
    }
    failLate(at: now)
    if let next = nextDeadline() {
      // Not sooner than a millisecond from now, so that many deadlines are seen to in one pass.
      checkTimes(by: max(next, now + .milliseconds(1)))
    }
  }

  /// When a server that goes on saying nothing counts as gone.
  ///
  /// A command without a limit, or with a long one, may keep the server silent as long.
  private func silenceEnds() -> ContinuousClock.Instant? {
    guard let flight = inFlight.first, let deadline = flight.ticket.deadline else { return nil }
    return max(deadline, max(flight.since, lastReceived) + configuration.commandTimeout)
  }

  private func failLate(at now: ContinuousClock.Instant) {
    let isLate = { (ticket: Ticket) in ticket.deadline.map { $0 <= now } ?? false }
    inFlight.forEach { flight in
      if isLate(flight.ticket) { fail(flight.ticket, "no reply", .unknown) }
    }
    waiting.forEach { ticket in
      if isLate(ticket) { failUnsent(ticket) }
    }
    if cursor == 0 { waiting.filter { !$0.exchange.isSettled } }
  }

  private func failUnsent(_ ticket: Ticket) {
    // A server that says no says why; of one that says nothing, the time is all that is known.
    if let lastFailure, lastFailure.code == .notReady || lastFailure.code == .refused {
      return ticket.exchange.settle(.failure(lastFailure.leaving(.none)))
    }
    fail(ticket, "not sent", .none, lastFailure)
  }

  private func fail(
    _ ticket: Ticket, _ what: String, _ effect: RedisError.Effect, _ cause: RedisError? = nil
  ) {
    let limit = ticket.exchange.timeout.map { "within \($0)" } ?? "in time"
    let reason = cause.map { ": \($0.detail)" } ?? ""
    ticket.exchange.settle(
      .failure(RedisError(.timedOut, subject, "\(what) \(limit)\(reason)", effect: effect)))
  }

  private func nextDeadline() -> ContinuousClock.Instant? {
    var next = silenceEnds()
    let consider = { (deadline: ContinuousClock.Instant?) in
      if let deadline { next = next.map { min($0, deadline) } ?? deadline }
    }
    inFlight.forEach { if !$0.ticket.exchange.isSettled { consider($0.ticket.deadline) } }
    waiting.forEach { if !$0.exchange.isSettled { consider($0.deadline) } }
    return next
  }
}
