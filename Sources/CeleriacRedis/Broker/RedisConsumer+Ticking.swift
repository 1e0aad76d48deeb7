import CeleriacCore
import Logging
import Synchronization

extension RedisConsumer {
  // A part of the time after which a lease is renewed, no more than a second.
  private func tickInterval(_ clock: LeaseClock) -> Duration {
    clock.interval / max(Int((clock.interval / .seconds(1)).rounded(.up)), 1)
  }

  /// Starts the timer on the I/O thread: no task, however busy, can starve it.
  ///
  /// A worker that only waits renews its lease as seldom as it can, and ticks more seldom still. It misses
  /// nothing by that: what is scheduled is known to the worker that has scheduled it, the ends of leases
  /// are told by each tick long before they come, and both have a timer of their own.
  func startTicking() {
    let interval = state.withLock { tickInterval($0.clock) }
    let ticker = thread.repeat(every: interval) { [weak self] _ in
      guard let self else { return }
      let now = ContinuousClock.now
      let (isDue, step) = state.withLock { state in
        guard state.isCalm else { return (true, nil as Int?) }
        let isDue = now - state.renewed > state.clock.interval - interval / 2
        return (isDue, isDue ? state.clock.step(at: now) : nil)
      }
      guard isDue else { return }
      if let step { renew(by: step, at: now) } else { tick() }
    }
    state.withLock { $0.ticker = ticker }
    tick()
  }

  /// Renews, reclaims, promotes and recovers, in one round trip.
  func tick() {
    let started = ContinuousClock.now
    let request: (String, Reclaims, Stock, Int)? = state.withLock { state in
      guard !state.isTicking, !state.isClosed else { return nil }
      state.isTicking = true
      return (
        state.book.worker, state.book.reclaims(at: started), state.stock, state.clock.lastRenewal
      )
    }
    guard let (worker, reclaims, stock, lastRenewal) = request else { return }
    var batch = RedisBatch()
    batch.append(
      .tick, keys: [Keys.workers, Keys.loans(worker), Keys.recovery], worker, leaseMilliseconds,
      lastRenewal, reclaims.open.count, reclaims.last.count, Each(reclaims.open),
      Each(reclaims.last), Each(options.queues.map(\.rawValue)))
    commands.submit(batch, within: .limit(options.lease / 2)) { [weak self] outcome in
      guard let self else { return }
      state.withLock { state in
        state.isTicking = false
        if case .failure = outcome { state.clock.forget() }
      }
      switch outcome {
      case .success(let replies): ticked(replies[0], for: worker, started, reclaims, stock)
      // Its connection is gone; the next one carries it as soon as it is there.
      case .failure(let error) where error.effect == .unknown: tick()
      case .failure: break
      }
    }
  }

  /// Renews the lease and nothing else; what stands in the way of that a tick finds out.
  private func renew(by step: Int, at started: ContinuousClock.Instant) {
    let worker: String? = state.withLock { state in
      guard !state.isTicking, !state.isClosed else { return nil }
      state.isTicking = true
      return state.book.worker
    }
    guard let worker else { return }
    var batch = RedisBatch()
    batch.append("ZADD", Keys.workers, "XX", "INCR", step, worker)
    commands.submit(batch, within: .limit(options.lease / 2)) { [weak self] outcome in
      guard let self else { return }
      let end = (try? outcome.get())?.first?.text.flatMap { Int($0) }
      let isRenewed = state.withLock { state in
        state.isTicking = false
        guard state.book.worker == worker else { return true }
        let isRenewed = state.clock.stepped(
          by: step, to: end, sentAt: started, answeredAt: .now)
        if isRenewed { state.renewed = started }
        return isRenewed
      }
      if !isRenewed { tick() }
    }
  }

  private func ticked(
    _ reply: RedisReply, for worker: String, _ started: ContinuousClock.Instant,
    _ reclaims: Reclaims, _ stock: Stock
  ) {
    guard let reply = reply.array, reply.count >= 7, let batches = reply[6].array,
      case let fields = reply.compactMap(\.integer), fields.count == 6
    else { return tickRefused(reply) }
    let refusal = reply.dropFirst(7).first?.text
    note(refusal: refusal)
    let isCurrent = state.withLock { state in
      guard !state.isClosed, state.book.worker == worker else { return false }
      if fields[0] == 1 {
        state.renewed = started
        state.clock.ticked(fields[5], sentAt: started)
        // What was refused is tried again.
        if refusal == nil { state.book.reclaimed(reclaims, at: .now) }
        state.suspects.note(waiting: fields[3])
      }
      return true
    }
    guard isCurrent else { return }
    if fields[0] == 0 {
      Task { await loseLease(of: worker) }
      return
    }
    if fields[2] > 0 {
      logger.notice(
        "recovered the messages of workers that are gone", metadata: ["count": "\(fields[2])"])
    }
    let soonest = [fields[1], fields[4]].filter { $0 >= 0 }.min().map(Duration.milliseconds)
    if let soonest { tickEarly(after: soonest) }
    audit(batches.compactMap(\.integer), of: worker, against: stock)
    resumeWaiting()
  }

  // A tick that could not give back everything has done the rest.
  private func note(refusal: String?) {
    guard let refusal else { return health.serves(.ticking) }
    Task { [self] in
      health.fails(.ticking, await explain(RedisError(.errorReply, url.description, refusal)))
    }
  }

  // The lease may not be renewed, so this is worth more than a word in the log of each second.
  private func tickRefused(_ reply: RedisReply) {
    state.withLock { $0.clock.forget() }
    Task { [self] in
      do throws(RedisError) {
        _ = try reply.orThrow(by: url.description)
        throw RedisError(.unexpectedReply, url.description, "the tick script returned \(reply)")
      } catch {
        health.fails(.ticking, await explain(error))
      }
    }
  }

  /// Sees to it that what was just scheduled is not late for want of a tick.
  func tickWhenDue(_ settlements: [Settlement]) {
    var soonest: Timestamp?
    for settlement in settlements {
      guard case .schedule(_, let due) = settlement.disposition else { continue }
      soonest = soonest.map { min($0, due) } ?? due
    }
    guard let soonest else { return }
    let delay = SystemWallClock().now().duration(to: soonest)
    tickEarly(after: max(delay, .milliseconds(1)))
  }

  // Something falls due before the next tick.
  private func tickEarly(after delay: Duration) {
    let due = ContinuousClock.now + delay
    state.withLock { state in
      guard delay < state.clock.longestSilence else { return }
      guard state.early.map({ due < $0.due }) ?? true else { return }
      state.early?.timer.cancel()
      let timer = thread.schedule(after: delay) { [weak self] _ in
        self?.state.withLock { $0.early = nil }
        self?.tick()
      }
      state.early = (timer, due)
    }
  }

  // A taker looks for itself, once a tick, where suspects wait or its seclusion may be over, and where
  // not all its lists are watched by the server: a wait may have been refused, or its connection may
  // find no way to a server that answers this one.
  private func resumeWaiting() {
    let mustLook = state.withLock { state in
      state.waiter != nil
        && (state.suspects.holdsAny
          || !state.lanes.allSatisfy { lane in
            if case .waiting = lane.state { lane.connection?.clientID != nil } else { false }
          })
    }
    if mustLook { wake() }
  }
}

extension RedisConsumer.State {
  /// Whether the worker has nothing to do but to wait, and the server watches all its lists.
  fileprivate var isCalm: Bool {
    waiter != nil && arrived.isEmpty && registration == .standing
      && book.isEmptyForCertain && !suspects.holdsAny && !suspects.isClearing
      && lanes.allSatisfy { lane in
        if case .waiting = lane.state { lane.connection?.clientID != nil } else { false }
      }
  }
}
