internal import CHiredis

extension CommandPipe {
  /// An exchange of which at least one command was given to hiredis.
  ///
  /// A class, so that adding a reply copies nothing: that halves the cost of a reply.
  final class Flight: HiredisBorrower {
    let ticket: Ticket
    let since: ContinuousClock.Instant
    private(set) var replies: [RedisReply] = []
    private var answered = 0
    private var refusals = 0
    private(set) var refusal: String?
    /// Which commands called a script that the server does not know.
    private(set) var unknownScripts: [Int] = []

    init(ticket: Ticket, since: ContinuousClock.Instant) {
      self.ticket = ticket
      self.since = since
    }

    var isComplete: Bool { answered == ticket.exchange.batch.count }

    /// Whether there is nothing to do but to hand the replies over.
    var isPlain: Bool { refusals == 0 && unknownScripts.isEmpty }

    /// Whether the server ran nothing of it.
    var isRefusedWhole: Bool { refusals == answered }

    func add(_ reply: UnsafePointer<redisReply>) {
      let reply = RedisReply(reply)
      if case .error(let line) = reply { note(line) }
      if answered == 0 { replies.reserveCapacity(ticket.exchange.batch.count) }
      replies.append(reply)
      answered += 1
    }

    private func note(_ line: String) {
      switch ServerRefusal(line) {
      case .notReady:
        refusals += 1
        refusal = refusal ?? line
      case .noScript:
        unknownScripts.append(answered)
      case .outOfMemory, .hindered, .other:
        break
      }
    }
  }

  func receive(_ reply: UnsafePointer<redisReply>) {
    lastReceived = loop.now
    guard let flight = inFlight.first else { return }
    flight.add(reply)
    guard flight.isComplete else { return }
    _ = inFlight.popFirst()
    solitude.note(loop.now - flight.since)
    land(flight)
  }

  /// Does what the replies of a flight that is complete call for.
  func land(_ flight: Flight) {
    settle(flight)
    if inFlight.isEmpty, let refusal { drop(refusal) }
  }

  private func settle(_ flight: Flight) {
    if let line = flight.refusal {
      // The server runs nothing now. What is still to come is refused as well, so wait for that,
      // and then for a server that is ready; unless the connection has ended by itself.
      if link != nil { refusal = refusal ?? RedisError(.notReady, subject, line) }
      if flight.isRefusedWhole {
        if link != nil { refused.append(flight.ticket) } else { waiting.prepend([flight.ticket]) }
        return
      }
    }
    if let missing = MissingScripts(flight.unknownScripts, of: flight.ticket.exchange.batch) {
      load(missing, of: flight)
    } else {
      flight.ticket.exchange.settle(.success(flight.replies))
    }
  }

  /// Loads the scripts that the server did not know and calls them again: nothing of them ran.
  private func load(_ missing: MissingScripts, of flight: Flight) {
    let original = flight.ticket.exchange
    let isWhole = missing.count == original.batch.count
    let replies = flight.replies
    let retry = Exchange(missing.batch, timeout: nil)
    _ = retry.wait { outcome in
      original.settle(
        outcome
          .map { missing.merge($0, into: replies) }
          .mapError { isWhole ? $0 : $0.leaving(.unknown) })
    }
    submit(retry, deadline: flight.ticket.deadline)
    feed()
  }
}
