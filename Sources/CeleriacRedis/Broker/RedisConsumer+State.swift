import CeleriacCore

// What a taker does next, decided without a word to the server.

extension RedisConsumer.State {
  /// What a taker does next.
  enum TakingStep {
    case deliver([Delivery])
    /// Until a suspect that runs apart has ended, or has run long enough; or until one can.
    case wait
    /// Until the lease is known to run: what were taken without it would have to go back.
    case renew
    case ask(TakeRequest, worker: String)
  }

  /// Whether the lease runs, as far as is known.
  ///
  /// A process that was stopped for longer asks before it takes anything more; so does one whose ticks
  /// are refused.
  func isFresh(under lease: Duration, at now: ContinuousClock.Instant) -> Bool {
    now - renewed < lease
  }

  mutating func nextStep(
    _ room: Room, under lease: Duration, at now: ContinuousClock.Instant
  ) -> TakingStep {
    if suspects.isSecluded(at: now) { return .wait }
    guard arrived.isEmpty else {
      defer { arrived.removeFirst(min(room.total, arrived.count)) }
      return .deliver(Array(arrived.prefix(room.total)))
    }
    guard isFresh(under: lease, at: now) else { return .renew }
    if suspects.holdsAny {
      if suspects.clears(at: now, isIdle: book.isEmpty) { return .wait }
      guard room.starting > 0 else { return .deliver([]) }
      return .ask(TakeRequest(suspects: room.starting, &self), worker: book.worker)
    }
    let count = min(room.total, RedisConsumer.largestBatch)
    return .ask(TakeRequest(count, &self), worker: book.worker)
  }

  /// Enters what a request has brought; nothing under a lease that was lost meanwhile, for all of it is
  /// given back under its old name.
  mutating func read(
    _ reply: RedisReply, of request: TakeRequest, for worker: String
  ) -> [Delivery]? {
    guard book.worker == worker else { return nil }
    defer { book.answered(request.batches) }
    return request.read(reply, &self)
  }

  /// Enters a message that a wait has brought; whether somebody waits for it.
  mutating func arrive(_ message: [UInt8], in batch: Int, from queue: QueueName) -> Bool {
    arrived += book.enter(batch, messages: [message], queue: queue)
    return waiter != nil && !suspects.isSecluded(at: .now)
  }

  /// What follows from the end of a wait.
  enum WaitSequel {
    /// A message has come; somebody waits for it, or nobody.
    case deliver(isAwaited: Bool)
    /// A message has come that has to be shown first.
    case adopt([UInt8])
    case waitAgain
    /// The taker had better look for itself.
    case look
    /// The next tick sees to it.
    case leave
    /// The message belongs to a lease that is over.
    case giveBack(list: String)
  }

  mutating func end(
    of batch: Int, at index: Int, for worker: String,
    _ outcome: Result<[RedisReply], RedisError>, isVisible: Bool
  ) -> WaitSequel {
    switch outcome {
    case .success(let replies):
      guard let message = replies.first?.bytes else {
        guard book.worker == worker else { return .leave }
        lanes[index].state = .registered(batch: batch)
        // Time is over; or the server refuses to wait, and would again.
        return replies.first == .null && waiter != nil ? .waitAgain : .leave
      }
      guard book.worker == worker else { return .giveBack(list: lanes[index].list) }
      lanes[index].state = .idle
      if isVisible {
        book.ask(batch..<batch + 1)
        return .adopt(message)
      }
      return .deliver(isAwaited: arrive(message, in: batch, from: lanes[index].queue))
    case .failure(let error):
      guard book.worker == worker else { return .leave }
      guard error.effect == .unknown else {
        lanes[index].state = .registered(batch: batch)
        return .leave
      }
      // Redis may still carry the command out, as long as it would have waited.
      book.suspect(batch, for: RedisConsumer.longestWait + .seconds(10))
      lanes[index].state = .idle
      return .look
    }
  }
}
