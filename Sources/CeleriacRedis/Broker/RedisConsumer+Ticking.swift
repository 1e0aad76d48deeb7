import CeleriacCore
import Logging
import Synchronization

extension RedisConsumer {
  // Often enough to renew a lease three times before it ends, and to find what is due.
  private var tickInterval: Duration { min(options.lease / 3, .seconds(1)) }

  /// Starts the timer on the I/O thread: no task, however busy, can starve it.
  func startTicking() {
    let ticker = thread.repeat(every: tickInterval) { [weak self] _ in self?.tick() }
    state.withLock { $0.ticker = ticker }
    tick()
  }

  /// Renews, reclaims, promotes and recovers, in one round trip.
  func tick() {
    let started = ContinuousClock.now
    let request: (String, [Int])? = state.withLock { state in
      guard !state.isTicking, !state.isClosed else { return nil }
      state.isTicking = true
      return (state.book.worker, Array(state.book.uncertain.keys))
    }
    guard let (worker, reclaims) = request else { return }
    var batch = RedisBatch()
    batch.append(
      .tick, keys: [Keys.workers, Keys.loans(worker)], worker, leaseMilliseconds, reclaims.count,
      Each(reclaims), Each(options.queues.map(\.rawValue)))
    commands.submit(batch, within: .limit(options.lease)) { [weak self] outcome in
      guard let self else { return }
      state.withLock { $0.isTicking = false }
      guard case .success(let replies) = outcome else { return }
      ticked(replies[0], for: worker, started, reclaims)
    }
  }

  private func ticked(
    _ reply: RedisReply, for worker: String, _ started: ContinuousClock.Instant,
    _ reclaims: [Int]
  ) {
    guard let fields = reply.array?.compactMap(\.integer), fields.count == 3 else {
      logger.error("the tick script failed", metadata: ["reason": "\(reply)"])
      return
    }
    let isCurrent = state.withLock { state in
      guard !state.isClosed, state.book.worker == worker else { return false }
      if fields[0] == 1 {
        state.renewed = started
        state.book.clear(reclaims, at: started)
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
    if fields[1] >= 0, fields[1] < Int(tickInterval / .milliseconds(1)) {
      tickEarly(after: .milliseconds(fields[1]))
    }
    if state.withLock({ $0.isWaitOver || $0.waiter != nil }) { resumeWaiting() }
  }

  // Something falls due before the next tick.
  private func tickEarly(after delay: Duration) {
    let timer = thread.schedule(after: delay) { [weak self] _ in self?.tick() }
    state.withLock { state in
      state.early?.cancel()
      state.early = timer
    }
  }

  // A taker that had no lease to wait with can go on now.
  private func resumeWaiting() {
    let hasWaitingLane = state.withLock { state in
      state.lanes.contains { lane in
        if case .waiting = lane.state { true } else { false }
      }
    }
    if !hasWaitingLane { wake() }
  }
}
