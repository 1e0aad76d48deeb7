extension Stepper {
  mutating func findSteps(ofRequest index: Int) {
    let request = world.requests[index]
    switch request.kind {
    case .none: return
    case .move: findMove(of: request, index)
    case .settle: findSettling(of: request, index)
    case .register, .take, .tick, .renew: findLateArrival(of: request, index)
    }
    if request.owner == Request.nobody {
      var next = world
      next.requests[index] = Request()
      emit(Step(.vanish, name: Int(request.name)), next)
    }
  }

  private mutating func findMove(of request: Request, _ index: Int) {
    if request.moved != 0 { return findReply(of: request, index) }
    if request.owner != Request.nobody { findLosses(of: request, index) }
    for message in 0..<MessageNumber(scenario.messages.count)
    where world.server.lists[List.queue].contains(message) {
      var next = world
      if rules.waitsIntoLoans {
        next.server.move(
          message, from: List.queue, to: Int(request.name), batch: Int(request.batch))
      } else {
        next.server.lists[List.queue].remove(message)
      }
      if request.owner == Request.nobody {
        next.requests[index] = Request()
      } else {
        next.requests[index].moved = message + 1
      }
      var step = Step(.move, name: Int(request.name))
      step.message = message
      step.batch = Int(request.batch)
      emit(step, next)
    }
  }

  // `RedisConsumer.State.end(of:at:for:_:)`
  private mutating func findReply(of request: Request, _ index: Int) {
    let worker = Int(request.owner)
    guard !world.workers[worker].isPaused else { return }
    let batch = Int(request.batch)
    var next = world
    next.requests[index] = Request()
    if world.workers[worker].isRegistered, world.workers[worker].name == request.name {
      if !rules.waitsIntoLoans {
        next.server.leases[Int(request.name)].batches[batch].slots[0] =
          Server.Slot(request.moved - 1)
      }
      let hasRoom = world.workers[worker].hasRoom(
        for: List.queue, capacity: scenario.capacity, rules)
      next.workers[worker].enter(request.moved - 1, at: 0, of: batch, crashes: 0, rules)
      if !hasRoom {
        // `RedisConsumer.returnUnclaimed`
        next.workers[worker].book[batch].slots[0].phase = .ended
        next.workers[worker].book[batch].slots[0].ending = .requeue
      }
      next.workers[worker].lane = .idle
    } else if rules.waitsIntoLoans {
      next.server.giveBack(Int(request.name), batch: batch, to: List.queue)
    }
    var step = Step(.reply, worker, name: Int(request.name))
    step.batch = batch
    emit(step, next)
    findLosses(of: request, index)
  }

  private mutating func findSettling(of request: Request, _ index: Int) {
    let isAwaited = request.owner != Request.nobody
    // A paused one reads its reply later; it makes no difference to the others.
    if isAwaited, world.workers[Int(request.owner)].isPaused { return }
    var next = world
    let lost = next.settle(request, rules)
    next.requests[index] = Request()
    if isAwaited, !next.settled(request, lost: lost, scenario) {
      leaveOut(.names)
      return
    }
    emit(Step(.arrive, isAwaited ? Int(request.owner) : 0, name: Int(request.name)), next)
    if isAwaited { findLosses(of: request, index) }
  }

  // Somebody waits for the reply, and none comes.
  private mutating func findLosses(of request: Request, _ index: Int) {
    let worker = Int(request.owner)
    guard !world.workers[worker].isPaused else { return }
    for fate in Step.Fate.all where fate != .arrives {
      guard var next = world.suffering(fate) else { continue }
      // What has moved is carried out; what has not is lost, or late.
      if request.kind == .move, (request.moved != 0) != (fate == .replyLost) { continue }
      next.fail(index)
      switch fate {
      case .replyLost:
        if request.kind == .settle { _ = next.settle(request, rules) }
        next.requests[index] = Request()
      case .late: next.requests[index].owner = Request.nobody
      case .arrives, .lost: next.requests[index] = Request()
      }
      var step = Step(.arrive, worker, name: Int(request.name))
      step.fate = fate
      emit(step, next)
    }
  }

  private mutating func findLateArrival(of request: Request, _ index: Int) {
    let name = Int(request.name)
    var next = world
    next.requests[index] = Request()
    switch request.kind {
    case .register: _ = next.server.register(name, rules)
    case .renew: next.server.moveOn(name)
    case .tick: _ = next.tick(name, open: request.open, last: request.last, scenario)
    default: return findLateTake(of: request, next)
    }
    emit(Step(.arrive, name: name), next)
  }

  private mutating func findLateTake(of request: Request, _ cleared: World) {
    let name = Int(request.name)
    let batch = Int(request.batch)
    let list = Int(request.list)
    var next = cleared
    if world.server.lists[list].isEmpty || !world.server.leases[name].isLive {
      _ = next.server.expect(from: List.queue, as: name, batch: batch)
      return emit(Step(.arrive, name: name), next)
    }
    for first in 0..<MessageNumber(scenario.messages.count)
    where world.server.lists[list].contains(first) {
      next = cleared
      _ = next.server.take(first, and: nil, from: list, as: name, batch: batch)
      emit(Step(.arrive, name: name), next)
      guard request.moved > 1 else { continue }
      for second in (first + 1)..<max(MessageNumber(scenario.messages.count), first + 1)
      where world.server.lists[list].contains(second) {
        next = cleared
        _ = next.server.take(first, and: second, from: list, as: name, batch: batch)
        emit(Step(.arrive, name: name), next)
      }
    }
  }
}
