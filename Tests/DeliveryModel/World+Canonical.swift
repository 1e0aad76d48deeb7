extension World {
  /// The one of all states that are the same but for names and numbers.
  ///
  /// Which worker is which, which message of a kind is which, and what number a name or a batch has,
  /// makes no difference to what can happen: names and numbers are only ever compared. Any of them may
  /// stand for all; where two can't be told apart by a cheap look, both stay, which costs states and
  /// nothing else.
  func canonical(_ scenario: Scenario) -> World {
    var renaming = Renaming()
    return canonical(scenario, &renaming)
  }

  /// The same, and what was renamed into what.
  func canonical(_ scenario: Scenario, _ renaming: inout Renaming) -> World {
    var world = self
    if scenario.workers == 2, rank(of: 1) < rank(of: 0) {
      world.swapWorkers()
      renaming.workers = [1, 0]
    }
    world.sortMessages(scenario, &renaming)
    renaming.names = world.renumberNames()
    for name in 0..<Server.leaseCount where world.server.leases[name].exists {
      world.renumberBatches(of: name)
    }
    world.sortRequests()
    return world
  }

  private mutating func swapWorkers() {
    let first = workers[0]
    workers[0] = workers[1]
    workers[1] = first
    for index in 0..<Self.requestCount
    where requests[index].kind != .none && requests[index].owner < 2 {
      requests[index].owner = 1 - requests[index].owner
    }
  }

  private mutating func sortMessages(_ scenario: Scenario, _ renaming: inout Renaming) {
    let count = scenario.messages.count
    for end in stride(from: count - 1, to: 0, by: -1) {
      for place in 0..<end
      where scenario.messages[place] == scenario.messages[place + 1]
        && rank(ofMessage: MessageNumber(place + 1)) < rank(ofMessage: MessageNumber(place))
      {
        swapMessages(MessageNumber(place), MessageNumber(place + 1))
        renaming.swapMessages(place)
      }
    }
  }

  private mutating func swapMessages(_ a: MessageNumber, _ b: MessageNumber) {
    func swapped(_ code: UInt8) -> UInt8 {
      code == a + 1 ? b + 1 : code == b + 1 ? a + 1 : code
    }
    unsent = unsent.swapping(a, b)
    server.scheduled = server.scheduled.swapping(a, b)
    server.fired = server.fired.swapping(a, b)
    server.dead = server.dead.swapping(a, b)
    server.done = server.done.swapping(a, b)
    for list in 0..<List.count { server.lists[list] = server.lists[list].swapping(a, b) }
    let result = server.results[Int(a)]
    server.results[Int(a)] = server.results[Int(b)]
    server.results[Int(b)] = result
    let kill = kills[Int(a)]
    kills[Int(a)] = kills[Int(b)]
    kills[Int(b)] = kill
    let start = starts[Int(a)]
    starts[Int(a)] = starts[Int(b)]
    starts[Int(b)] = start
    for name in 0..<Server.leaseCount where server.leases[name].exists {
      for batch in 0..<Server.batchCount {
        for index in 0..<2 {
          if let message = server.leases[name].batches[batch].slots[index].message {
            server.leases[name].batches[batch].slots[index] = Server.Slot(
              swapped(message + 1) - 1)
          }
        }
      }
    }
    for worker in 0..<2 {
      for batch in 0..<Server.batchCount where workers[worker].book[batch].isKnown {
        for index in 0..<2 {
          let code = workers[worker].book[batch].slots[index].code
          workers[worker].book[batch].slots[index].code = swapped(code)
        }
      }
    }
    for index in 0..<Self.requestCount {
      let request = requests[index]
      switch request.kind {
      case .none, .register, .take, .tick, .renew: continue
      case .move: requests[index].moved = swapped(request.moved)
      case .settle:
        for item in 0..<request.itemCount {
          requests[index].items[item].message = swapped(request.items[item].message + 1) - 1
        }
      }
    }
  }

  // The workers' own names first, the others after them, as they come.
  private mutating func renumberNames() -> InlineArray<5, UInt8> {
    var order: InlineArray<5, UInt8> = .init(repeating: 255)
    order[Int(workers[0].name)] = 0
    order[Int(workers[1].name)] = 1
    var next: UInt8 = 2
    for name in 0..<Server.leaseCount where order[name] == 255 {
      if server.leases[name].exists || isNamed(name) {
        order[name] = next
        next += 1
      }
    }
    var leases: InlineArray<5, Server.Lease> = .init(repeating: Server.Lease())
    for name in 0..<Server.leaseCount where order[name] != 255 {
      leases[Int(order[name])] = server.leases[name]
    }
    server.leases = leases
    workers[0].name = 0
    workers[1].name = 1
    for index in 0..<Self.requestCount where requests[index].kind != .none {
      requests[index].name = order[Int(requests[index].name)]
    }
    return order
  }

  private mutating func renumberBatches(of name: Int) {
    let owner = owner(of: name)
    var ranks: InlineArray<5, UInt64> = .init(repeating: 0)
    let named = namedBatches(of: name)
    for batch in 0..<Server.batchCount {
      ranks[batch] = rank(ofBatch: batch, name, owner) << 1 | UInt64(named >> UInt8(batch) & 1)
    }
    // Insertion sort of the few numbers: the highest rank gets number 0.
    var order: InlineArray<5, Int> = [0, 1, 2, 3, 4]
    var isSorted = true
    for end in 1..<Server.batchCount {
      var place = end
      while place > 0, ranks[order[place - 1]] < ranks[order[place]] {
        let higher = order[place]
        order[place] = order[place - 1]
        order[place - 1] = higher
        place -= 1
        isSorted = false
      }
    }
    if !isSorted { apply(order, to: name, owner) }
  }

  private mutating func apply(_ order: InlineArray<5, Int>, to name: Int, _ owner: Int?) {
    let old = self
    var number: InlineArray<5, UInt8> = .init(repeating: 0)
    for place in 0..<Server.batchCount {
      number[order[place]] = UInt8(place)
      server.leases[name].batches[place] = old.server.leases[name].batches[order[place]]
      if let owner { workers[owner].book[place] = old.workers[owner].book[order[place]] }
    }
    if let owner, workers[owner].lane != .idle {
      workers[owner].laneBatch = number[Int(workers[owner].laneBatch)]
    }
    for index in 0..<Self.requestCount
    where requests[index].kind != .none && Int(requests[index].name) == name {
      switch requests[index].kind {
      case .none, .register, .renew: continue
      case .take, .move: requests[index].batch = number[Int(requests[index].batch)]
      case .tick:
        let (open, last) = (requests[index].open, requests[index].last)
        requests[index].open = 0
        requests[index].last = 0
        for batch in 0..<Server.batchCount {
          requests[index].open |= (open >> UInt8(batch) & 1) << number[batch]
          requests[index].last |= (last >> UInt8(batch) & 1) << number[batch]
        }
      case .settle:
        for item in 0..<requests[index].itemCount {
          let batch = requests[index].items[item].batch
          requests[index].items[item].batch = number[Int(batch)]
        }
      }
    }
  }

  private mutating func sortRequests() {
    for end in 1..<Self.requestCount {
      var place = end
      while place > 0, requests[place - 1].rank < requests[place].rank {
        let higher = requests[place]
        requests[place] = requests[place - 1]
        requests[place - 1] = higher
        place -= 1
      }
    }
  }
}

/// What ``World/canonical(_:_:)`` has called each worker, message and name.
struct Renaming {
  var workers: InlineArray<2, Int> = [0, 1]
  /// The old number of each message.
  private(set) var messages: InlineArray<3, Int> = [0, 1, 2]
  var names: InlineArray<5, UInt8> = .init(repeating: 255)

  fileprivate mutating func swapMessages(_ place: Int) {
    let message = messages[place]
    messages[place] = messages[place + 1]
    messages[place + 1] = message
  }
}
