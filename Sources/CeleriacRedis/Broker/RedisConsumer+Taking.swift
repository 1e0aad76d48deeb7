import CeleriacCore
import Synchronization

extension RedisConsumer {
  // How long BLMOVE waits at most. A server that is gone without a word, and a process that is
  // stopped, are bounded by it: nothing is moved for either after this time.
  private static let longestWait = Duration.seconds(20)

  func take(upTo count: Int) async throws -> [Delivery] {
    while true {
      try Task.checkCancellation()
      let early = state.withLock { state in
        defer { state.arrived.removeFirst(min(count, state.arrived.count)) }
        return Array(state.arrived.prefix(count))
      }
      guard early.isEmpty else { return early }
      let taken = try await takeBatch(upTo: count)
      guard taken.isEmpty else { return taken }
      await waitAtLists()
    }
  }

  // One round trip: up to `count` messages, or the registration of batches to wait with.
  private func takeBatch(upTo count: Int) async throws -> [Delivery] {
    let (request, worker) = state.withLock { (TakeRequest(count, &$0), $0.book.worker) }
    do throws(RedisError) {
      let reply = try await commands.send(request.batch)[0].orThrow()
      return state.withLock { request.read(reply, &$0) }
    } catch {
      if error.isFenced {
        await loseLease(of: worker)
        return []
      }
      if error.effect == .unknown || error.code == .cancelled {
        // The messages may be on loan by now: the next tick puts them back.
        let until = ContinuousClock.now.advanced(by: .seconds(10))
        state.withLock { state in
          for batch in request.batches { state.book.suspect(batch, until: until) }
        }
      }
      if error.code == .cancelled { throw CancellationError() }
      throw BrokerError(error)
    }
  }

  // Lets Redis tell when a message comes to one of the lists.
  private func waitAtLists() async {
    let isFresh = state.withLock { state in
      // A process that was stopped past its lease asks before it takes anything more.
      ContinuousClock.now - state.renewed < options.lease
    }
    guard isFresh else { return await awaitTick() }
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
          guard state.arrived.isEmpty, !state.isWaitOver, !state.isClosed else { return true }
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
      let connection = state.lanes[index].connection ?? laneConnection()
      state.lanes[index].connection = connection
      state.lanes[index].state = .waiting(batch: batch)
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

  private func laneConnection() -> RedisConnection {
    RedisConnection(RedisConfiguration(url, clientName: "celeriac-wait"), on: thread)
  }

  private func waitEnded(
    at index: Int, _ batch: Int, of worker: String, _ outcome: Result<[RedisReply], RedisError>
  ) {
    let isStale = state.withLock { state in
      guard state.book.worker == worker else { return true }
      switch outcome {
      case .success(let replies):
        if let message = replies.first?.bytes {
          let queue = state.lanes[index].queue
          state.arrived += state.book.enter(batch, messages: [message], queue: queue)
          state.lanes[index].state = .idle
        } else {
          state.lanes[index].state = .registered(batch: batch)
        }
      case .failure:
        // Redis may still carry the command out, as long as it would have waited.
        let until = ContinuousClock.now.advanced(by: Self.longestWait + .seconds(10))
        state.book.suspect(batch, until: until)
        state.lanes[index].state = .idle
      }
      return false
    }
    if isStale, case .success(let replies) = outcome, replies.first?.bytes != nil {
      // Moved under a name that is no longer ours.
      giveBack(worker)
    }
    if state.withLock({ !$0.arrived.isEmpty && $0.waiter == nil }) { returnUnclaimed() }
    if case .success(let replies) = outcome, replies.first?.bytes == nil, !isStale {
      // The time was over: on again, if somebody waits.
      if state.withLock({ $0.waiter != nil }) { wait(at: index) }
      return
    }
    wake()
  }

  // A message that came while the worker has no room is for others, who may be idle.
  private func returnUnclaimed() {
    thread.schedule(after: .milliseconds(20)) { [weak self] _ in
      guard let self else { return }
      let unclaimed = state.withLock { state in
        defer { state.arrived = [] }
        return state.arrived
      }
      guard !unclaimed.isEmpty else { return }
      Task { [self] in
        do {
          _ = try await settle(unclaimed.map { Settlement($0.loan, .requeue) })
        } catch {
          state.withLock { $0.arrived += unclaimed }
        }
      }
    }
  }

  func giveBack(_ worker: String) {
    var batch = RedisBatch()
    batch.append(.release, keys: [Keys.workers], worker, "")
    // Should this get lost as well, the sweeps of all workers find the message.
    commands.submit(batch) { _ in }
  }
}

/// The script call that takes a batch from several lists.
private struct TakeRequest {
  let batch: RedisBatch
  let batches: Range<Int>
  private let order: [Int]
  private let waiting: [Int: Int]

  init(_ count: Int, _ state: inout RedisConsumer.State) {
    let lanes = state.lanes
    // Each step's queues take turns, so that a full one does not starve its neighbours.
    let perStep = lanes.count / PriorityStep.all.count
    let turn = state.rotation % max(perStep, 1)
    state.rotation += 1
    let order = lanes.indices.map { index in
      index / perStep * perStep + (index % perStep + turn) % perStep
    }
    let first = state.book.reserve(lanes.count)
    var waiting: [Int: Int] = [:]
    for index in order where lanes[index].state == .idle {
      waiting[index] = state.book.reserve(1)
    }
    let worker = state.book.worker
    var call = RedisBatch()
    call.append(
      .take, keys: [Keys.loans(worker)] + order.map { lanes[$0].list }, worker, count, first,
      Each(order.map { waiting[$0] ?? 0 }))
    batch = call
    batches = first..<first + lanes.count
    self.order = order
    self.waiting = waiting
  }

  func read(_ reply: RedisReply, _ state: inout RedisConsumer.State) -> [Delivery] {
    let lists = reply.array ?? []
    if lists.isEmpty {
      for (index, batch) in waiting where state.lanes[index].state == .idle {
        state.lanes[index].state = .registered(batch: batch)
      }
    }
    return lists.flatMap { list -> [Delivery] in
      guard let elements = list.array, let place = elements.first?.integer else { return [] }
      return state.book.enter(
        batches.lowerBound + place, messages: elements.dropFirst().compactMap(\.bytes),
        queue: state.lanes[order[place]].queue)
    }
  }
}
