extension World {
  init(_ scenario: Scenario) {
    for message in 0..<MessageNumber(scenario.messages.count) {
      for _ in 0..<scenario.beats { unsent.insert(message) }
    }
    workers[1].name = 1
    faults.crashes = UInt8(scenario.crashes)
    faults.pauses = UInt8(scenario.pauses)
    faults.losses = UInt8(scenario.losses)
    faults.outages = UInt8(scenario.outages)
    faults.retries = UInt8(scenario.retries)
  }

  /// Whether all is over: each message is done, or given up.
  func isEnd(_ scenario: Scenario) -> Bool {
    for message in 0..<MessageNumber(scenario.messages.count)
    where server.done.count(of: message) + server.dead.count(of: message) == 0 {
      return false
    }
    return true
  }

  /// What is wrong with this state, or with the step that led to it from `before`.
  func findFlaw(after before: World?, _ scenario: Scenario) -> Flaw {
    guard flaw == .none else { return flaw }
    for message in 0..<MessageNumber(scenario.messages.count) {
      let places = server.places(of: message) + (server.fired.contains(message) ? 0 : 1)
      if places == 0 { return .messageLost }
      if places > 1 { return .messageDoubled }
      if starts[Int(message)] > 1 { return .earlyRanTwice }
      if let before, before.server.results[Int(message)] == .success,
        server.results[Int(message)] != .success
      {
        return .successOverwritten
      }
    }
    if scenario.hasPoison, let flaw = findMisjudgement(scenario) { return flaw }
    for worker in 0..<scenario.workers where runsWithoutLoan(worker) { return .ranWithoutLoan }
    return .none
  }

  // Where nothing else ends a worker, only those that do are given up. With several, the crashes of
  // one count for the others as well.
  private func findMisjudgement(_ scenario: Scenario) -> Flaw? {
    let isAlone = scenario.messages.count { $0 == .poison } == 1
    for message in 0..<MessageNumber(scenario.messages.count) {
      let isPoison = scenario.messages[Int(message)] == .poison
      let isDead = server.dead.contains(message)
      if isDead, !isPoison { return .innocentBuried }
      let kills = kills[Int(message)]
      let least = isAlone ? scenario.rules.deliveries : 1
      if kills > scenario.rules.deliveries || (isDead && kills < least) { return .miscounted }
    }
    return nil
  }

  private func runsWithoutLoan(_ worker: Int) -> Bool {
    let name = Int(workers[worker].name)
    guard workers[worker].isRegistered, server.leases[name].isLive else { return false }
    for batch in 0..<Server.batchCount where workers[worker].book[batch].isKnown {
      let isRegistered = server.leases[name].batches[batch].isRegistered
      for index in 0..<2 {
        let holding = workers[worker].book[batch].slots[index]
        // What is settled, or may be, is another matter.
        guard holding.isOpen, holding.knowledge == .onLoan else { continue }
        let slot = server.leases[name].batches[batch].slots[index]
        if !isRegistered || slot != Server.Slot(holding.message) { return true }
      }
    }
    return false
  }
}

extension Scenario {
  var hasPoison: Bool {
    crashes == 0 && pauses == 0 && losses == 0 && messages.contains(.poison)
  }
}
