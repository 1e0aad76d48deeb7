extension World {
  /// The worker that goes by this name now.
  func owner(of name: Int) -> Int? {
    if Int(workers[0].name) == name { return 0 }
    if Int(workers[1].name) == name { return 1 }
    return nil
  }

  /// Whether a request on the way names it.
  func isNamed(_ name: Int) -> Bool {
    for index in 0..<Self.requestCount
    where requests[index].kind != .none && Int(requests[index].name) == name {
      return true
    }
    return false
  }

  /// The batches of a name, as bits, that requests on the way are about.
  func namedBatches(of name: Int) -> UInt8 {
    var bits: UInt8 = 0
    for index in 0..<Self.requestCount
    where requests[index].kind != .none && Int(requests[index].name) == name {
      switch requests[index].kind {
      case .none, .register, .renew: continue
      case .take, .move: bits |= 1 << requests[index].batch
      case .tick: bits |= requests[index].open | requests[index].last
      case .settle:
        for item in 0..<requests[index].itemCount {
          bits |= 1 << requests[index].items[item].batch
        }
      }
    }
    return bits
  }

  /// A name that nobody knows.
  func freeName(besides other: Int? = nil) -> Int? {
    for name in 0..<Server.leaseCount
    where name != other && !server.leases[name].exists && owner(of: name) == nil
      && !isNamed(name)
    {
      return name
    }
    return nil
  }

  /// A batch number that nobody uses; the real ones are new each time.
  func freeBatch(of worker: Int) -> Int? {
    let name = Int(workers[worker].name)
    let named = namedBatches(of: name)
    for batch in 0..<Server.batchCount {
      let state = server.leases[name].batches[batch]
      let entry = workers[worker].book[batch]
      let isInLane = workers[worker].lane != .idle && Int(workers[worker].laneBatch) == batch
      if !state.isRegistered, state.isEmpty, !entry.isKnown, entry.doubt == .none, !isInLane,
        named >> UInt8(batch) & 1 == 0
      {
        return batch
      }
    }
    return nil
  }

  /// The state in which a request meets this fate; nil when there may be no more losses.
  func suffering(_ fate: Step.Fate) -> World? {
    guard fate != .arrives else { return self }
    guard faults.losses > 0 else { return nil }
    var world = self
    world.faults.losses -= 1
    return world
  }

  /// Puts a request on its way; false when too many are.
  mutating func enqueue(_ request: Request) -> Bool {
    for index in 0..<Self.requestCount where requests[index].kind == .none {
      requests[index] = request
      return true
    }
    return false
  }

  /// `RedisConsumer.loseLease`: a new name, and nothing on loan; false when no name is left.
  mutating func loseLease(of worker: Int) -> Bool {
    let old = Int(workers[worker].name)
    guard let name = freeName(besides: old) else { return false }
    workers[worker] = WorkerModel()
    workers[worker].name = UInt8(name)
    return true
  }

  /// Tells the sender of a request that there is no reply, and that it may have been carried out.
  mutating func fail(_ index: Int) {
    let request = requests[index]
    guard request.owner != Request.nobody else { return }
    let worker = Int(request.owner)
    guard workers[worker].isRegistered, workers[worker].name == request.name else { return }
    switch request.kind {
    case .none, .register, .take, .tick, .renew: return
    case .move:
      workers[worker].book[Int(request.batch)].doubt = .open
      workers[worker].lane = .idle
    case .settle:
      for item in 0..<request.itemCount {
        let batch = Int(request.items[item].batch)
        let index = Int(request.items[item].index)
        guard workers[worker].book[batch].isKnown else { continue }
        workers[worker].book[batch].slots[index].phase = .ended
        workers[worker].book[batch].slots[index].isRepeated = true
      }
    }
  }

  /// `tick`, as a whole.
  mutating func tick(_ name: Int, open: UInt8, last: UInt8, _ scenario: Scenario) -> Bool {
    let isLive = server.renew(name, open: open, last: last)
    server.promote()
    guard server.mayRecover(scenario.rules) else { return isLive }
    for other in 0..<Server.leaseCount
    where server.leases[other].exists && server.leases[other].isExpired {
      let owner = owner(of: other)
      if server.leases[other].isLive, let owner, !workers[owner].isExcused {
        flaw = .liveWorkerRobbed
      }
      server.recover(other, scenario.rules)
    }
    return isLive
  }

  /// What the server makes of a settlement call; nil when it is fenced.
  mutating func settle(_ request: Request, _ rules: Rules) -> UInt8? {
    let name = Int(request.name)
    let isLive = server.leases[name].isLive
    guard isLive || !rules.fences else { return nil }
    var lost: UInt8 = 0
    for item in 0..<request.itemCount
    where !server.settle(request.items[item], as: name, rules) {
      lost |= 1 << UInt8(item)
    }
    for item in 0..<request.itemCount
    where request.items[item].closes && lost >> UInt8(item) & 1 == 0 {
      server.drop(name, batch: Int(request.items[item].batch))
    }
    if !isLive, lost != (request.itemCount == 1 ? 1 : 3) { flaw = .fencedSettled }
    return lost
  }

  /// What the worker makes of the reply; false when no name is left.
  mutating func settled(_ request: Request, lost: UInt8?, _ scenario: Scenario) -> Bool {
    let worker = Int(request.owner)
    let isCurrent =
      workers[worker].isRegistered && workers[worker].name == request.name
    for item in 0..<request.itemCount where request.items[item].ending == .early {
      let settling = request.items[item]
      let isRepeated =
        isCurrent
        && workers[worker].book[Int(settling.batch)].slots[Int(settling.index)].isRepeated
      let isRefused = lost.map { $0 >> UInt8(item) & 1 == 1 } ?? true
      let isTrusted = isRepeated && (lost != nil || scenario.rules.trustsRepetition)
      if !isRefused || isTrusted {
        starts[Int(settling.message)] = min(starts[Int(settling.message)] + 1, 3)
      }
    }
    guard isCurrent else { return true }
    guard lost != nil else { return loseLease(of: worker) }
    for item in 0..<request.itemCount where request.items[item].closes {
      workers[worker].close(Int(request.items[item].batch))
    }
    for item in 0..<request.itemCount {
      workers[worker].confirm(
        Int(request.items[item].batch), Int(request.items[item].index), scenario.rules)
    }
    return true
  }
}
