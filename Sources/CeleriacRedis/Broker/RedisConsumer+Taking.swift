import CeleriacCore
import Synchronization

extension RedisConsumer {
  // How long BLMOVE waits at most. A server that is gone without a word, and a process that is
  // stopped, are bounded by it: nothing is moved for either after this time.
  static let longestWait = Duration.seconds(20)
  // A script can hand no more than some thousand values on at once.
  static let largestBatch = 1000

  var holdsSuspects: Bool { state.withLock { $0.suspects.holdsAny } }

  func take(into room: Room) async throws -> [Delivery] {
    while true {
      guard !Task.isCancelled else {
        // What has come in this moment is for others, who need not wait for the end of the stop.
        returnUnclaimed(after: .milliseconds(1))
        throw CancellationError()
      }
      switch state.withLock({ $0.nextStep(room, under: options.lease, at: .now) }) {
      case .deliver(let deliveries): return deliveries
      case .wait: await untilWoken()
      case .renew: await awaitTick()
      case .ask(let request, let worker):
        let taken = try await take(request, of: worker)
        if let taken, !taken.isEmpty { return taken }
        // Without suspects, the lists are next; without a lease, a new one.
        if taken != nil, case .suspects = request.source { continue }
        await waitAtLists()
      }
    }
  }

  // One round trip: messages, or the registration of batches to wait with; nil without a lease.
  private func take(_ request: TakeRequest, of worker: String) async throws -> [Delivery]? {
    do throws(RedisError) {
      let reply = try await commands.send(request.batch)[0].orThrow(by: url.description)
      health.serves(.taking)
      return state.withLock { $0.read(reply, of: request, for: worker) }
    } catch {
      if error.isFenced {
        health.serves(.taking)
        await loseLease(of: worker)
        return nil
      }
      state.withLock { state in
        // The messages may be on loan by now, after a script that failed half way too: the next
        // tick puts them back.
        if error.effect == .unknown || error.code == .cancelled || error.code == .errorReply {
          for batch in request.batches { state.book.suspect(batch, for: .seconds(10)) }
        }
        state.book.answered(request.batches)
      }
      if error.code == .cancelled { throw CancellationError() }
      let failure = await explain(error)
      health.fails(.taking, failure)
      throw failure
    }
  }

  /// Lets the taker go on when the suspect that ran apart has ended, or when nothing is left that one
  /// would run beside.
  func endSeclusion(of settlements: [Settlement]) {
    let mayGoOn = state.withLock { state in
      state.suspects.end(settlements.lazy.map(\.loan))
        || state.suspects.isClearing && state.book.isEmpty
    }
    if mayGoOn { wake() }
  }

  // Lets Redis tell when a message comes to one of the lists.
  private func waitAtLists() async {
    guard state.withLock({ $0.isFresh(under: options.lease, at: .now) }) else {
      return await awaitTick()
    }
    for index in state.withLock({ Array($0.lanes.indices) }) { wait(at: index) }
    await untilWoken()
  }

  private func awaitTick() async {
    tick()
    await untilWoken()
  }

  private func untilWoken() async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isDue = state.withLock { state in
          guard state.arrived.isEmpty || state.suspects.isSecluded(at: .now), !state.isWaitOver,
            !state.isClosed
          else { return true }
          state.waiter = continuation
          return false
        }
        if isDue { continuation.resume() }
      }
    } onCancel: {
      wake()
    }
    state.withLock { $0.isWaitOver = false }
  }

  /// Ends the present wait, or the next one.
  func wake() {
    let waiter = state.withLock { state in
      defer { state.waiter = nil }
      state.isWaitOver = state.waiter == nil
      return state.waiter
    }
    waiter?.resume()
  }

  private func wait(at index: Int) {
    let request: (RedisConnection, RedisBatch, Int)? = state.withLock { state in
      guard case .registered(let batch) = state.lanes[index].state, !state.isClosed else {
        return nil
      }
      let connection = state.lanes[index].connection ?? laneConnection(at: index)
      state.lanes[index].connection = connection
      state.lanes[index].state = .waiting(batch: batch)
      state.lanes[index].lastBatch = batch
      var call = RedisBatch()
      call.append(
        "BLMOVE", state.lanes[index].list, Keys.loan(state.book.worker, batch), "RIGHT", "LEFT",
        Int(Self.longestWait / .seconds(1)))
      return (connection, call, batch)
    }
    guard let (connection, call, batch) = request else { return }
    let worker = state.withLock { $0.book.worker }
    connection.submit(call, within: .limit(Self.longestWait + .seconds(5))) { [weak self] outcome in
      self?.waitEnded(at: index, batch, of: worker, outcome)
    }
  }

  private func laneConnection(at index: Int) -> RedisConnection {
    let configuration = RedisConfiguration(url, clientName: "celeriac-wait")
    return RedisConnection(configuration, on: thread) { [weak self] event in
      // Refused for good; the next wait asks again, for the server may have changed its mind.
      guard case .gaveUp = event, let self else { return }
      state.withLock { $0.lanes[index].connection = nil }
    }
  }

  private func waitEnded(
    at index: Int, _ batch: Int, of worker: String, _ outcome: Result<[RedisReply], RedisError>
  ) {
    let next = state.withLock {
      $0.end(of: batch, at: index, for: worker, outcome, isVisible: isVisible)
    }
    switch next {
    case .deliver(let isAwaited):
      if !isAwaited { returnUnclaimed(after: .milliseconds(20)) }
      wake()
    case .adopt(let message): adopt(message, in: batch, of: worker, at: index)
    case .waitAgain: wait(at: index)
    case .look: wake()
    case .leave: break
    case .giveBack(let list): giveBack(batch, of: worker, to: list)
    }
  }

  // A message that came while the worker has no room is for others, who may be idle.
  func returnUnclaimed(after delay: Duration) {
    thread.schedule(after: delay) { [weak self] _ in
      guard let self else { return }
      let unclaimed = state.withLock { state in
        defer { state.arrived = [] }
        return state.arrived
      }
      if !unclaimed.isEmpty { handBack(unclaimed) }
    }
  }

  // Asked for until there is an answer: what may be back in its queue must not start here.
  private func handBack(_ deliveries: [Delivery]) {
    Task { [self] in
      do throws(BrokerError) {
        let refused = try await settle(deliveries.map { Settlement($0.loan, .requeue) }).refused
        keep(deliveries.filter { refused[$0.loan] != nil })
      } catch {
        switch error.code {
        // A closed one has handed back everything.
        case .closed: return
        case .refused: keep(deliveries)
        default:
          thread.schedule(after: .seconds(1)) { [weak self] _ in self?.handBack(deliveries) }
        }
      }
    }
  }

  // What can't be handed back runs here.
  private func keep(_ deliveries: [Delivery]) {
    guard !deliveries.isEmpty else { return }
    state.withLock { $0.arrived += deliveries }
    wake()
  }

  /// Gives back what was moved under a name that is no longer ours; the others may have found it
  /// already.
  func giveBack(_ batch: Int, of worker: String, to list: String) {
    var call = RedisBatch()
    call.append("LMOVE", Keys.loan(worker, batch), list, "RIGHT", "RIGHT")
    commands.submit(call) { _ in }
  }

  func giveBack(_ worker: String) {
    var batch = RedisBatch()
    batch.append(.release, keys: [Keys.workers], worker, "")
    // Should this get lost as well, the sweeps of all workers find the message.
    commands.submit(batch) { _ in }
  }
}
