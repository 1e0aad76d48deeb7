/// Numbers by which a canonical state puts its parts in order: what looks different differs in them.
extension World {
  func rank(of worker: Int) -> UInt64 {
    let state = workers[worker]
    var rank: UInt64 = state.isRegistered ? 1 : 0
    rank = rank << 1 | (state.isPaused ? 1 : 0)
    rank = rank << 1 | (state.isExcused ? 1 : 0)
    rank = rank << 2 | UInt64(state.lane.rawValue)
    let lease = server.leases[Int(state.name)]
    rank = rank << 1 | (lease.isLive ? 1 : 0)
    rank = rank << 1 | (lease.isExpired ? 1 : 0)
    var holdings: UInt64 = 0
    for batch in 0..<Server.batchCount {
      if lease.batches[batch].isRegistered { holdings &+= 1 << 40 }
      let entry = state.book[batch]
      holdings &+= UInt64(entry.doubt.rawValue) << 32
      guard entry.isKnown else { continue }
      for index in 0..<2 where entry.slots[index].code != 0 {
        let slot = entry.slots[index]
        holdings &+=
          1 << 28
          &+ UInt64(slot.phase.rawValue) << 24 &+ UInt64(slot.ending.rawValue) << 16
          &+ UInt64(slot.knowledge.rawValue) << 8 &+ UInt64(slot.code)
      }
    }
    return rank << 48 &+ holdings
  }

  func rank(ofMessage message: MessageNumber) -> UInt64 {
    var places = UInt64(server.scheduled.count(of: message))
    places = places << 2 | UInt64(server.dead.count(of: message))
    places = places << 2 | UInt64(server.done.count(of: message))
    for list in 0..<List.count {
      places = places << 2 | UInt64(server.lists[list].count(of: message))
    }
    var rank = places << 2 | UInt64(unsent.count(of: message))
    rank = rank << 2 | UInt64(server.fired.count(of: message))
    rank = rank << 2 | UInt64(server.results[Int(message)].rawValue)
    rank = rank << 3 | UInt64(kills[Int(message)])
    rank = rank << 2 | UInt64(starts[Int(message)])
    // Where it is in one of these, it is not on loan.
    guard places == 0 else { return rank << 32 }
    var held: UInt64 = 0
    for worker in 0..<2 {
      for batch in 0..<Server.batchCount where workers[worker].book[batch].isKnown {
        for index in 0..<2 where workers[worker].book[batch].slots[index].code == message + 1 {
          let slot = workers[worker].book[batch].slots[index]
          held =
            held << 8 | UInt64(worker) << 7 | UInt64(slot.phase.rawValue) << 5
            | UInt64(slot.ending.rawValue) << 2 | UInt64(slot.knowledge.rawValue)
        }
      }
    }
    var loans: UInt64 = 0
    for name in 0..<Server.leaseCount where server.leases[name].exists {
      for batch in 0..<Server.batchCount {
        for index in 0..<2
        where server.leases[name].batches[batch].slots[index].message == message {
          loans = loans << 1 | UInt64(index)
          loans |= server.leases[name].isLive ? 8 : 4
        }
      }
    }
    return rank << 32 ^ held << 8 ^ loans
  }

  func rank(ofBatch batch: Int, _ name: Int, _ owner: Int?) -> UInt64 {
    let state = server.leases[name].batches[batch]
    var rank = UInt64(state.source)
    for index in 0..<2 {
      let slot = state.slots[index]
      rank = rank << 3 | (slot.message.map { UInt64($0) + 1 } ?? (slot == .tombstone ? 7 : 0))
    }
    if let owner {
      let entry = workers[owner].book[batch]
      rank = rank << 1 | (entry.isKnown ? 1 : 0)
      rank = rank << 2 | UInt64(entry.doubt.rawValue)
      if entry.isKnown {
        for index in 0..<2 {
          let slot = entry.slots[index]
          rank = rank << 2 | UInt64(slot.code)
          rank = rank << 2 | UInt64(slot.phase.rawValue)
          rank = rank << 2 | UInt64(slot.knowledge.rawValue)
        }
      }
      let isInLane =
        workers[owner].lane != .idle && Int(workers[owner].laneBatch) == batch
      rank = rank << 1 | (isInLane ? 1 : 0)
    }
    return rank
  }
}

extension Request {
  var rank: UInt64 {
    guard kind != .none else { return 0 }
    var rank = UInt64(kind.rawValue)
    rank = rank << 4 | UInt64(owner)
    rank = rank << 3 | UInt64(name)
    rank = rank << 3 | UInt64(batch)
    rank = rank << 2 | UInt64(list)
    rank = rank << 3 | UInt64(moved)
    rank = rank << 5 | UInt64(open)
    rank = rank << 5 | UInt64(last)
    for item in 0..<2 {
      rank = rank << 3 | UInt64(items[item].batch)
      rank = rank << 1 | UInt64(items[item].index)
      rank = rank << 3 | UInt64(items[item].ending.rawValue)
      rank = rank << 1 | (items[item].closes ? 1 : 0)
      rank = rank << 2 | UInt64(items[item].message)
    }
    return rank
  }
}
