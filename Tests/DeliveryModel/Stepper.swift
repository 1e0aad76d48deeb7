/// Finds all steps that lead out of a state.
struct Stepper {
  let scenario: Scenario
  /// The state it starts from.
  let world: World
  private(set) var found: [(step: Step, world: World)] = []
  /// Steps that were left out because the model has no number left for a name, batch or request.
  private(set) var left: [Shortage: Int] = [:]

  var rules: Rules { scenario.rules }

  init(_ scenario: Scenario, _ world: World) {
    self.scenario = scenario
    self.world = world
    found.reserveCapacity(32)
    findSends()
    for worker in 0..<scenario.workers { findSteps(of: worker) }
    for index in 0..<World.requestCount where world.requests[index].kind != .none {
      findSteps(ofRequest: index)
    }
    for name in 0..<Server.leaseCount where world.server.leases[name].exists {
      findSteps(ofLease: name)
    }
    findRecovery()
    findOutages()
  }

  mutating func emit(_ step: Step, _ world: World) { found.append((step, world)) }
  mutating func leaveOut(_ shortage: Shortage) { left[shortage, default: 0] += 1 }

  private mutating func findSends() {
    for message in 0..<MessageNumber(scenario.messages.count)
    where world.unsent.contains(message) {
      var next = world
      next.unsent.remove(message)
      next.server.send(message, rules)
      var step = Step(.send)
      step.message = message
      emit(step, next)
    }
  }

  private mutating func findSteps(of worker: Int) {
    if world.workers[worker].isPaused {
      var next = world
      next.workers[worker].isPaused = false
      emit(Step(.resume, worker), next)
      findCrash(of: worker)
      return
    }
    if world.workers[worker].isRegistered {
      findTakes(by: worker)
      findWait(of: worker)
      findRuns(of: worker)
      findSettlements(of: worker)
      findTick(of: worker)
      findRenewal(of: worker)
      findPause(of: worker)
    } else {
      findRegistration(of: worker)
    }
    findCrash(of: worker)
  }

  // Faults

  private mutating func findPause(of worker: Int) {
    guard world.faults.pauses > 0 else { return }
    var next = world
    next.faults.pauses -= 1
    next.workers[worker].isPaused = true
    next.workers[worker].isExcused = true
    emit(Step(.pause, worker), next)
  }

  private mutating func findCrash(of worker: Int) {
    guard world.faults.crashes > 0 else { return }
    var next = world
    next.faults.crashes -= 1
    if crash(worker, in: &next) { emit(Step(.crash, worker), next) }
    guard world.workers[worker].isRegistered, !world.workers[worker].isPaused else { return }
    next = world
    next.faults.crashes -= 1
    next.server.release(Int(world.workers[worker].name), hasCrashed: false)
    if crash(worker, in: &next) { emit(Step(.stop, worker), next) }
  }

  /// Ends a process; another comes in its place.
  mutating func crash(_ worker: Int, in world: inout World) -> Bool {
    for index in 0..<World.requestCount where world.requests[index].owner == worker {
      guard world.requests[index].kind != .none else { continue }
      world.requests[index].owner = Request.nobody
      // What has come is on loan already.
      if world.requests[index].moved != 0 { world.requests[index] = Request() }
    }
    let old = Int(world.workers[worker].name)
    world.workers[worker] = WorkerModel()
    guard let name = world.freeName(besides: old) else {
      leaveOut(.names)
      return false
    }
    world.workers[worker].name = UInt8(name)
    return true
  }

  private mutating func findOutages() {
    guard world.faults.outages > 0 else { return }
    var next = world
    next.faults.outages -= 1
    next.server.recovery = .stale
    for name in 0..<Server.leaseCount where next.server.leases[name].exists {
      next.server.leases[name].isExpired = true
    }
    emit(Step(.outage), next)
    for index in 0..<World.requestCount where next.requests[index].kind != .none {
      next.fail(index)
      next.requests[index] = Request()
    }
    emit(Step(.restart), next)
  }

  // Time

  private mutating func findSteps(ofLease name: Int) {
    let owner = world.owner(of: name)
    let lease = world.server.leases[name]
    if !lease.isExpired {
      // A lease is long beside a tick: it ends only without one.
      if owner.map({ world.workers[$0].isExcused }) ?? true {
        var next = world
        next.server.leases[name].isExpired = true
        emit(Step(.expire, name: name), next)
      }
    } else if lease.isSwept, owner == nil, !world.isNamed(name), lease.isEmpty {
      // The last sweep comes when no request of old can come any more.
      var next = world
      next.server.leases[name] = Server.Lease()
      emit(Step(.forget, name: name), next)
    }
    if owner == nil, !lease.isSwept {
      var next = world
      next.server.release(name, hasCrashed: true)
      emit(Step(.takeOver, name: name), next)
    }
  }

  // The grace is as long as a lease: whoever ticks has renewed it by then.
  private mutating func findRecovery() {
    guard world.server.recovery == .grace else { return }
    for worker in 0..<scenario.workers {
      let state = world.workers[worker]
      guard state.isRegistered, !state.isExcused else { continue }
      if world.server.leases[Int(state.name)].isExpired { return }
    }
    var next = world
    next.server.recovery = .open
    emit(Step(.graceEnds), next)
  }
}

/// What a model has too few of.
package enum Shortage: Sendable { case names, batches, requests }

extension Server.Lease {
  var isEmpty: Bool {
    for batch in 0..<Server.batchCount where !batches[batch].isEmpty { return false }
    return true
  }
}

extension Step {
  init(_ kind: Kind, _ worker: Int = 0, name: Int = 0) {
    self.kind = kind
    self.worker = worker
    self.name = name
  }
}
