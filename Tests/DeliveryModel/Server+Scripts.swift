extension Server {
  /// LPUSH, or `fire` where it is a beat that sends.
  package mutating func send(_ message: MessageNumber, _ rules: Rules) {
    let isFirst = !fired.contains(message)
    guard isFirst || !rules.firesOnce else { return }
    if isFirst { fired.insert(message) }
    lists[List.queue].insert(message)
  }

  /// `register`: makes a name known; false when it is one that was taken from its worker.
  package mutating func register(_ name: Int, _ rules: Rules) -> Bool {
    if rules.registersOnce, leases[name].exists, !leases[name].isLive { return false }
    leases[name].exists = true
    leases[name].isLive = true
    leases[name].isExpired = false
    return true
  }

  /// `take`, where there is something: false when the name is fenced.
  package mutating func take(
    _ message: MessageNumber, and other: MessageNumber?, from list: Int, as name: Int, batch: Int
  ) -> Bool {
    guard leases[name].isLive else { return false }
    lists[list].remove(message)
    leases[name].batches[batch].source = UInt8(list + 1)
    leases[name].batches[batch].slots[0] = Slot(message)
    if let other {
      lists[list].remove(other)
      leases[name].batches[batch].slots[1] = Slot(other)
    }
    return true
  }

  /// `take`, where there is nothing: registers a batch to wait with.
  package mutating func expect(from list: Int, as name: Int, batch: Int) -> Bool {
    guard leases[name].isLive else { return false }
    leases[name].batches[batch].source = UInt8(list + 1)
    return true
  }

  /// BLMOVE: asks for no lease.
  package mutating func move(_ message: MessageNumber, from list: Int, to name: Int, batch: Int) {
    lists[list].remove(message)
    if !leases[name].batches[batch].push(message) { lists[list].insert(message) }
  }

  /// LMOVE of what reached a batch after its worker had changed its name.
  package mutating func giveBack(_ name: Int, batch: Int, to list: Int) {
    guard let message = leases[name].batches[batch].slots[0].message else { return }
    leases[name].batches[batch].slots[0] = .nothing
    lists[list].insert(message)
  }

  /// `settle`, for one of the settlements of a call; false when the loan is no longer there.
  package mutating func settle(_ settling: Settling, as name: Int, _ rules: Rules) -> Bool {
    let batch = Int(settling.batch)
    let index = Int(settling.index)
    guard leases[name].batches[batch].isRegistered else { return false }
    let message = leases[name].batches[batch].slots[index].message
    let list = leases[name].batches[batch].list
    switch settling.ending {
    case .none: return false
    case .success:
      if let message { done.insert(message) }
      results[Int(settling.message)] = .success
    case .early:
      if let message { done.insert(message) }
    case .requeue:
      guard let message else { return false }
      lists[list].insert(message)
    case .schedule:
      guard message != nil else { return false }
      scheduled.insert(settling.message)
      store(.other, of: settling.message, rules)
    case .bury:
      guard let message else { return false }
      dead.insert(message)
      store(.other, of: settling.message, rules)
    }
    leases[name].batches[batch].slots[index] = .tombstone
    return true
  }

  /// The end of `settle`: drops the batches that the worker calls complete, whatever is in them.
  package mutating func drop(_ name: Int, batch: Int) {
    leases[name].batches[batch] = Batch()
  }

  /// `store`, also used inside `settle`.
  package mutating func store(_ result: ResultState, of message: MessageNumber, _ rules: Rules) {
    if rules.keepsSuccess, results[Int(message)] == .success { return }
    results[Int(message)] = result
  }

  /// `tick`, its first part: renews, and reclaims what lost requests may have filled.
  ///
  /// Batches are bits of `open`, and of `last` when they are also forgotten.
  package mutating func renew(_ name: Int, open: UInt8, last: UInt8) -> Bool {
    guard leases[name].isLive else { return false }
    leases[name].isExpired = false
    for batch in 0..<Self.batchCount where (open | last) >> UInt8(batch) & 1 == 1 {
      guard leases[name].batches[batch].isRegistered else { continue }
      giveBackAll(name, batch, addingCrash: false)
      if last >> UInt8(batch) & 1 == 1 { leases[name].batches[batch].source = 0 }
    }
    return true
  }

  /// ZADD XX INCR: moves the end of a lease on, whatever has become of it.
  package mutating func moveOn(_ name: Int) {
    leases[name].isExpired = false
  }

  /// `tick`, its second part: what is due goes to the queue.
  package mutating func promote() {
    for message: MessageNumber in 0..<3 {
      while scheduled.contains(message) {
        scheduled.remove(message)
        lists[List.queue].insert(message)
      }
    }
  }

  /// `tick`, its last part: whether it is time to recover the loans of others.
  package mutating func mayRecover(_ rules: Rules) -> Bool {
    if recovery == .stale { recovery = rules.waitsAfterOutage ? .grace : .open }
    return recovery == .open
  }

  /// `tick`, for one worker whose lease has run out.
  package mutating func recover(_ name: Int, _ rules: Rules) {
    leases[name].isLive = false
    let isFirst = !leases[name].isSwept
    guard isFirst || rules.sweepsAgain else { return }
    leases[name].isSwept = true
    // What comes later has not been run.
    let addsCrash = isFirst && rules.countsCrashes
    for batch in 0..<Self.batchCount { giveBackAll(name, batch, addingCrash: addsCrash) }
  }

  /// `release`: by the worker itself, or by the successor of one that has crashed.
  package mutating func release(_ name: Int, hasCrashed: Bool) {
    guard leases[name].exists else { return }
    let addsCrash = hasCrashed && leases[name].isLive
    leases[name].isLive = false
    leases[name].isExpired = true
    leases[name].isSwept = true
    for batch in 0..<Self.batchCount { giveBackAll(name, batch, addingCrash: addsCrash) }
  }

  // The batch stays registered.
  private mutating func giveBackAll(_ name: Int, _ batch: Int, addingCrash: Bool) {
    guard leases[name].batches[batch].isRegistered, !leases[name].batches[batch].isEmpty else {
      return
    }
    let source = leases[name].batches[batch].list
    let list = addingCrash ? min(source + 1, List.count - 1) : source
    for index in 0..<2 {
      if let message = leases[name].batches[batch].slots[index].message {
        lists[list].insert(message)
      }
      leases[name].batches[batch].slots[index] = .nothing
    }
  }

  /// How often a message is in one of its places; once, if all is well.
  package func places(of message: MessageNumber) -> Int {
    var count =
      scheduled.count(of: message) + dead.count(of: message) + done.count(of: message)
    for list in 0..<List.count { count += lists[list].count(of: message) }
    for name in 0..<Self.leaseCount where leases[name].exists {
      for batch in 0..<Self.batchCount where leases[name].batches[batch].isRegistered {
        for index in 0..<2 where leases[name].batches[batch].slots[index].message == message {
          count += 1
        }
      }
    }
    return count
  }
}
