extension Stepper {
  /// What a message does before it ends, as far as others can see it.
  mutating func findRuns(of worker: Int) {
    for (batch, index) in world.workers[worker].unsettled {
      let holding = world.workers[worker].book[batch].slots[index]
      guard holding.phase == .waiting else { continue }
      var next = world
      switch scenario.messages[Int(holding.message)] {
      case .early: continue
      case .poison:
        next.kills[Int(holding.message)] = min(next.kills[Int(holding.message)] + 1, 4)
        if crash(worker, in: &next) { emit(step(.die, holding, batch, worker), next) }
      case .ordinary:
        guard scenario.hasProgress else { continue }
        next.server.store(.other, of: holding.message, rules)
        emit(step(.progress, holding, batch, worker), next)
      }
    }
  }

  private func step(
    _ kind: Step.Kind, _ holding: WorkerModel.Holding, _ batch: Int, _ worker: Int
  ) -> Step {
    var step = Step(kind, worker, name: Int(world.workers[worker].name))
    step.message = holding.message
    step.batch = batch
    step.ending = holding.ending
    return step
  }

  /// Each message in a request of its own, and each two in one.
  ///
  /// That a task has begun, or ended, nobody else can see: both happen in the step that sends its
  /// settlement.
  mutating func findSettlements(of worker: Int) {
    let places = world.workers[worker].unsettled
    for (number, place) in places.enumerated() {
      for ending in endings(of: place, worker) {
        findSettlement([(place, ending)], worker)
        for other in places[(number + 1)...] {
          for otherEnding in endings(of: other, worker) {
            findSettlement([(place, ending), (other, otherEnding)], worker)
          }
        }
      }
    }
  }

  private func endings(of place: (batch: Int, index: Int), _ worker: Int) -> [Ending] {
    let holding = world.workers[worker].book[place.batch].slots[place.index]
    guard holding.phase == .waiting else { return [holding.ending] }
    switch scenario.messages[Int(holding.message)] {
    case .poison: return []
    case .early: return [.early]
    case .ordinary:
      return world.faults.retries > 0 ? [.success, .schedule, .requeue] : [.success]
    }
  }

  // `SettleRequest`: notes what is sent, then sees which batches end with it.
  private mutating func findSettlement(
    _ settlements: [(place: (batch: Int, index: Int), ending: Ending)], _ worker: Int
  ) {
    var next = world
    var indices: InlineArray<5, UInt8> = .init(repeating: 0)
    for (place, ending) in settlements {
      var holding = next.workers[worker].book[place.batch].slots[place.index]
      if holding.phase == .waiting, ending == .schedule || ending == .requeue {
        guard next.faults.retries > 0 else { return }
        next.faults.retries -= 1
      }
      holding.ending = ending
      holding.knowledge = .sent
      holding.phase = .settling
      next.workers[worker].book[place.batch].slots[place.index] = holding
      indices[place.batch] |= 1 << UInt8(place.index)
    }
    var request = Request()
    request.kind = .settle
    request.owner = UInt8(worker)
    request.name = world.workers[worker].name
    for (number, settlement) in settlements.enumerated() {
      let place = settlement.place
      let holding = next.workers[worker].book[place.batch].slots[place.index]
      request.items[number] = Settling(
        batch: UInt8(place.batch), index: UInt8(place.index), holding.ending,
        closes: next.workers[worker].book[place.batch].isComplete(
          with: indices[place.batch], rules),
        message: holding.message)
    }
    guard next.enqueue(request) else { return leaveOut(.requests) }
    let place = settlements[0].place
    let holding = next.workers[worker].book[place.batch].slots[place.index]
    var step = step(.ask, holding, place.batch, worker)
    if settlements.count > 1 { step.other = request.items[1].message }
    emit(step, next)
  }

  mutating func findTick(of worker: Int) {
    let name = Int(world.workers[worker].name)
    var open: UInt8 = 0
    var last: UInt8 = 0
    let named = world.namedBatches(of: name)
    for batch in 0..<Server.batchCount {
      let doubt = world.workers[worker].book[batch].doubt
      guard doubt != .none else { continue }
      // The grace is longer than any request lives.
      let isOver =
        doubt == .over || !rules.awaitsLateRequests || named >> UInt8(batch) & 1 == 0
      if isOver { last |= 1 << UInt8(batch) } else { open |= 1 << UInt8(batch) }
    }
    for fate in Step.Fate.all {
      guard var next = world.suffering(fate) else { continue }
      var isLive = true
      if fate == .arrives || fate == .replyLost {
        isLive = next.tick(name, open: open, last: last, scenario)
      }
      if fate != .arrives { next.workers[worker].isExcused = true }
      switch fate {
      case .arrives:
        if isLive {
          next.workers[worker].isExcused = false
          for batch in 0..<Server.batchCount where last >> UInt8(batch) & 1 == 1 {
            next.workers[worker].book[batch].doubt = .none
          }
        } else if !next.loseLease(of: worker) {
          leaveOut(.names)
          continue
        }
      case .replyLost, .lost: break
      case .late:
        var request = Request()
        request.kind = .tick
        request.owner = Request.nobody
        request.name = UInt8(name)
        request.open = open
        request.last = last
        guard next.enqueue(request) else { leaveOut(.requests); continue }
      }
      var step = Step(.tick, worker, name: name)
      step.fate = fate
      emit(step, next)
    }
  }

  /// What a worker does instead that only waits: it tells nothing of the others, and is told nothing.
  mutating func findRenewal(of worker: Int) {
    let name = Int(world.workers[worker].name)
    guard world.workers[worker].waitsOnly, world.server.leases[name].exists else { return }
    for fate in Step.Fate.all {
      guard var next = world.suffering(fate) else { continue }
      if fate == .arrives || fate == .replyLost { next.server.moveOn(name) }
      next.workers[worker].isExcused = fate != .arrives
      // It finds another end than it has asked for, and ticks.
      if fate == .arrives, !world.server.leases[name].isLive { continue }
      if fate == .late {
        var request = Request()
        request.kind = .renew
        request.owner = Request.nobody
        request.name = UInt8(name)
        guard next.enqueue(request) else { leaveOut(.requests); continue }
      }
      var step = Step(.renew, worker, name: name)
      step.fate = fate
      emit(step, next)
    }
  }
}
