import CeleriacCore
package import CeleriacSchedule

// A beat that looks at the clock when it is told to, instead of keeping time.
extension Beat {
  /// Fires what is due and returns at once.
  ///
  /// Equal to a beat that was there at `start`, has not looked at the clock since the last firing
  /// of each entry, and looks at it now: the entries' policies say what becomes of the times between.
  ///
  /// - Parameter start: Where the intervals of entries that the broker does not know begin.
  /// - Returns: What was fired, the earliest first; without that which another beat has fired.
  /// - Throws: ``BrokerError``, or ``ArgumentError`` when a call cannot be encoded.
  package func fireDue(since start: Timestamp) async throws -> [Firing] {
    var machine = try await machine(knowingSince: start)
    var fired: [Firing] = []
    while case .perform(let requests) = machine.next(at: queue.clock.now()) {
      for reply in await perform(requests) {
        switch (reply.outcome, reply.request.step) {
        case (.failed(let error), _): throw error
        case (.unsendable(let error), _): throw error
        case (.fired, .fire(let due, _)):
          fired.append(Firing(entry: name(of: reply.request), due: due))
        default: break
        }
        take(reply, into: &machine)
      }
    }
    return fired.sorted { ($0.due, $0.entry) < ($1.due, $1.entry) }
  }

  /// What ``fireDue(since:)`` would fire first for each entry that is due, by name.
  package func due(since start: Timestamp) async throws -> [Firing] {
    var machine = try await machine(knowingSince: start)
    guard case .perform(let requests) = machine.next(at: queue.clock.now()) else { return [] }
    return requests.compactMap { request in
      guard case .fire(let due, _) = request.step else { return nil }
      return Firing(entry: name(of: request), due: due)
    }
  }

  private func machine(knowingSince start: Timestamp) async throws -> BeatMachine {
    var machine = BeatMachine(timetable)
    guard case .perform(let requests) = machine.next(at: start) else { return machine }
    for reply in await perform(requests) {
      if let error = reply.error { throw error }
      take(reply, into: &machine)
    }
    return machine
  }

  private func take(_ reply: BeatReply, into machine: inout BeatMachine) {
    guard let event = reply.event else { return }
    // A clock that is behind what was fired has no more to say here than that nothing is due.
    _ = machine.receive(event, for: reply.request.entry, at: reply.time)
  }

  private func name(of request: BeatMachine.Request) -> String {
    timetable.lines[request.entry].entry.name
  }
}
