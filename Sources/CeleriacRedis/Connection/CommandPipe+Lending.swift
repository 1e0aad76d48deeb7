/// Whether one caller after the other has the connection for itself, and gets its answer soon.
///
/// Then it pays to let the caller's thread wait at the socket. With callers that overlap, the I/O
/// thread writes and reads for many at once; with a slow server, a thread would be blocked for long.
struct Solitude {
  /// What counts as soon: not much longer than it takes to wake a thread.
  static let soon = Duration.microseconds(200)
  private static let proof = 8

  private var calls = 0

  /// Whether it lasts.
  var isProven: Bool { calls >= Self.proof }

  /// Notes how long the only command under way has taken.
  mutating func note(_ time: Duration) {
    calls = time <= Self.soon ? min(calls + 1, Self.proof) : 0
  }

  /// Notes that several commands were under way.
  mutating func end() { calls = 0 }
}

extension CommandPipe {
  /// Lends the link out if callers come one by one.
  func lendIfAlone(_ link: HiredisLink) {
    guard solitude.isProven, inFlight.isEmpty, waiting.isEmpty, refusal == nil, let lender,
      let borrowed = link.lend()
    else { return }
    guard !lender(borrowed) else { return }
    solitude.end()
    link.takeBack()
  }

  /// Takes the link back, and over what was sent on it and is not answered.
  func takeBack(_ flight: Flight?) {
    if let loanTimer { loop.cancel(loanTimer) }
    loanTimer = nil
    solitude.end()
    if let end, let flight, !flight.isComplete {
      // The connection was closed in the moment in which the link was on its way back.
      flight.ticket.exchange.settle(.failure(end.leaving(.unknown)))
    } else if let flight, !flight.isComplete {
      inFlight.append(flight)
      if let deadline = flight.ticket.deadline {
        checkTimes(by: min(deadline, loop.now + configuration.commandTimeout))
      }
    }
    link?.takeBack()
    if let flight, flight.isComplete { land(flight) }
  }
}
