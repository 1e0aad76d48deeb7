extension Stepper {
  mutating func findRegistration(of worker: Int) {
    let name = Int(world.workers[worker].name)
    for fate in Step.Fate.all {
      guard var next = world.suffering(fate) else { continue }
      let isRegistered =
        fate == .lost || fate == .late ? true : next.server.register(name, rules)
      switch fate {
      case .arrives:
        if isRegistered {
          next.workers[worker].isRegistered = true
          next.workers[worker].isExcused = false
        } else if !next.loseLease(of: worker) {
          leaveOut(.names)
          continue
        }
      case .replyLost, .lost: next.workers[worker].isExcused = true
      case .late:
        next.workers[worker].isExcused = true
        var request = Request()
        request.kind = .register
        request.owner = Request.nobody
        request.name = UInt8(name)
        guard next.enqueue(request) else { leaveOut(.requests); continue }
      }
      var step = Step(.register, worker, name: name)
      step.fate = fate
      emit(step, next)
    }
  }

  mutating func findTakes(by worker: Int) {
    let state = world.workers[worker]
    let room = scenario.capacity - state.held
    guard room > 0 else { return }
    let name = Int(state.name)
    guard let batch = world.freeBatch(of: worker) else { return leaveOut(.batches) }
    var isAllEmpty = true
    for list in 0..<List.count where !world.server.lists[list].isEmpty {
      isAllEmpty = false
      guard state.hasRoom(for: list, capacity: scenario.capacity, rules) else { continue }
      findTakes(by: worker, name, batch, from: list, room: list >= 2 ? 1 : room)
    }
    if isAllEmpty, state.lane == .idle { findExpectation(of: worker, name, batch) }
  }

  private mutating func findTakes(
    by worker: Int, _ name: Int, _ batch: Int, from list: Int, room: Int
  ) {
    for first in 0..<MessageNumber(scenario.messages.count)
    where world.server.lists[list].contains(first) {
      var hasPair = false
      if room > 1 {
        for second in (first + 1)..<max(MessageNumber(scenario.messages.count), first + 1)
        where world.server.lists[list].contains(second) {
          hasPair = true
          findTake(by: worker, name, batch, from: list, first, second)
        }
      }
      // A batch is as large as it can be.
      let isAlone = world.server.lists[list].total == 1
      if room == 1 || isAlone || (!hasPair && world.server.lists[list].count(of: first) > 1) {
        findTake(by: worker, name, batch, from: list, first, nil)
      }
    }
  }

  private mutating func findTake(
    by worker: Int, _ name: Int, _ batch: Int, from list: Int, _ first: MessageNumber,
    _ second: MessageNumber?
  ) {
    for fate in Step.Fate.all {
      guard var next = world.suffering(fate) else { continue }
      var isLive = true
      if fate == .arrives || fate == .replyLost {
        isLive = next.server.take(first, and: second, from: list, as: name, batch: batch)
      }
      switch fate {
      case .arrives:
        if isLive {
          next.workers[worker].enter(first, at: 0, of: batch, crashes: list, rules)
          if let second {
            next.workers[worker].enter(second, at: 1, of: batch, crashes: list, rules)
          }
        } else if !next.loseLease(of: worker) {
          leaveOut(.names)
          continue
        }
      case .replyLost, .lost: next.workers[worker].book[batch].doubt = .open
      case .late:
        guard
          next.enqueueTake(
            of: worker, name, batch, list: list, count: second == nil ? 1 : 2)
        else { leaveOut(.requests); continue }
      }
      var step = Step(.take, worker, name: name)
      step.fate = fate
      step.message = first
      step.other = second
      step.list = list
      step.batch = batch
      emit(step, next)
    }
  }

  private mutating func findExpectation(of worker: Int, _ name: Int, _ batch: Int) {
    for fate in Step.Fate.all {
      guard var next = world.suffering(fate) else { continue }
      var isLive = true
      if fate == .arrives || fate == .replyLost {
        isLive = next.server.expect(from: List.queue, as: name, batch: batch)
      }
      switch fate {
      case .arrives:
        if isLive {
          next.workers[worker].lane = .registered
          next.workers[worker].laneBatch = UInt8(batch)
          if next.mayWait(worker), !next.wait(worker) { leaveOut(.requests); continue }
        } else if !next.loseLease(of: worker) {
          leaveOut(.names)
          continue
        }
      case .replyLost, .lost: next.workers[worker].book[batch].doubt = .open
      case .late:
        guard
          next.enqueueTake(
            of: worker, name, batch, list: List.queue, count: scenario.capacity)
        else { leaveOut(.requests); continue }
      }
      var step = Step(.expect, worker, name: name)
      step.fate = fate
      step.batch = batch
      emit(step, next)
    }
  }

  mutating func findWait(of worker: Int) {
    guard world.mayWait(worker), world.workers[worker].held < scenario.capacity else { return }
    var next = world
    guard next.wait(worker) else { return leaveOut(.requests) }
    var step = Step(.wait, worker, name: Int(world.workers[worker].name))
    step.batch = Int(world.workers[worker].laneBatch)
    emit(step, next)
  }
}

extension World {
  // One whose lease may be over asks before it waits.
  fileprivate func mayWait(_ worker: Int) -> Bool {
    workers[worker].lane == .registered
      && !server.leases[Int(workers[worker].name)].isExpired
  }

  fileprivate mutating func wait(_ worker: Int) -> Bool {
    var request = Request()
    request.kind = .move
    request.owner = UInt8(worker)
    request.name = workers[worker].name
    request.batch = workers[worker].laneBatch
    workers[worker].lane = .waiting
    return enqueue(request)
  }

  fileprivate mutating func enqueueTake(
    of worker: Int, _ name: Int, _ batch: Int, list: Int, count: Int
  ) -> Bool {
    workers[worker].book[batch].doubt = .open
    var request = Request()
    request.kind = .take
    request.owner = Request.nobody
    request.name = UInt8(name)
    request.batch = UInt8(batch)
    request.list = UInt8(list)
    request.moved = UInt8(count)
    return enqueue(request)
  }
}
