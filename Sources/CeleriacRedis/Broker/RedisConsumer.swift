import CeleriacCore
import Logging
import Synchronization

/// Takes messages for one worker, renews its lease, and looks after the loans of dead ones.
///
/// With a backlog, a script takes batches. Without one, the consumer waits at every list with BLMOVE
/// into batches that are registered before: Redis wakes exactly one waiter for a message, and the
/// message is on loan before anybody is told of it.
final class RedisConsumer: Consumer {
  struct State {
    var book: LoanBook
    var lanes: [Lane]
    /// What lanes have brought while nobody was waiting.
    var arrived: [Delivery] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isWaitOver = false
    /// When the lease was last known to be renewed.
    var renewed: ContinuousClock.Instant
    var isClosed = false
    var rotation = 0
    var ticker: IOTimer?
    var early: (timer: IOTimer, due: ContinuousClock.Instant)?
    var isTicking = false
  }

  let options: ConsumerOptions
  let url: RedisURL
  let thread: IOThread
  let logger: Logger
  let commands: RedisConnection
  let state: Mutex<State>

  // The same server keeps the results: they change in one step with the loans.
  private let sharesResults: Bool

  init(_ options: ConsumerOptions, url: RedisURL, thread: IOThread, logger: Logger) {
    self.options = options
    self.url = url
    self.thread = thread
    self.logger = logger
    commands = RedisConnection(
      RedisConfiguration(url, clientName: "celeriac-worker"), on: thread
    ) { event in
      if case .gaveUp = event { event.log(to: logger) }
    }
    sharesResults =
      (options.results as? RedisResultStore)?.url.isSameDatabase(as: url) ?? false
    var generator = SystemRandomNumberGenerator()
    let base = options.instance ?? randomUUID(using: &generator)
    state = Mutex(
      State(
        book: LoanBook(base: base), lanes: Lane.all(of: options.queues),
        renewed: ContinuousClock.now))
  }

  /// Makes the worker known, takes over from its predecessor and starts the clock.
  func open() async throws(BrokerError) {
    try await register()
    // A place may have lost several processes since a worker could last tell Redis so.
    for predecessor in options.predecessor?.split(separator: " ") ?? [] {
      try await takeOver(from: String(predecessor))
    }
    startTicking()
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Set<Loan> {
    if state.withLock({ $0.isClosed }) {
      throw BrokerError(.closed, detail: "\(url): the loans were handed back")
    }
    if !sharesResults { try await storeResults(of: settlements) }
    let (request, worker) = state.withLock {
      (SettleRequest(settlements, book: &$0.book, withResults: sharesResults), $0.book.worker)
    }
    guard let batch = request.batch else { return request.lost }
    do throws(RedisError) {
      let reply = try await commands.send(batch)[0].orThrow()
      let places = reply.array?.compactMap(\.integer) ?? []
      state.withLock { state in
        for closed in request.closed { state.book.close(closed) }
        for loan in request.sent { state.book.confirm(loan) }
      }
      tickWhenDue(settlements)
      return request.lost.union(
        places.filter(request.sent.indices.contains).map { request.sent[$0] })
    } catch {
      guard error.isFenced else { throw BrokerError(error) }
      await loseLease(of: worker)
      return request.lost.union(request.sent)
    }
  }

  // First the result, then the end of the loan: a crash in between repeats the call.
  private func storeResults(of settlements: [Settlement]) async throws(BrokerError) {
    for settlement in settlements {
      guard let result = settlement.result, state.withLock({ $0.book.holds(settlement.loan) })
      else { continue }
      try await options.results.store(result)
    }
  }

  func close() async {
    let (worker, waiting, lanes) = state.withLock { state in
      state.isClosed = true
      state.ticker?.cancel()
      state.early?.timer.cancel()
      let waiting = state.lanes.compactMap { lane -> RedisConnection? in
        if case .waiting = lane.state { lane.connection } else { nil }
      }
      return (state.book.worker, waiting, state.lanes.compactMap(\.connection))
    }
    wake()
    var batch = RedisBatch()
    for id in waiting.compactMap(\.clientID) { batch.append("CLIENT", "UNBLOCK", id) }
    batch.append(.release, keys: [Keys.workers], worker, "")
    do {
      _ = try await commands.send(batch, within: .limit(.seconds(2)))
    } catch {
      logger.warning(
        "loans could not be handed back; others take them over when the lease ends",
        metadata: ["reason": "\(error)"])
    }
    for connection in lanes + [commands] { connection.close() }
  }

  /// Makes the worker known under the name of its present epoch.
  func register() async throws(BrokerError) {
    let started = ContinuousClock.now
    var batch = RedisBatch()
    let worker = state.withLock { $0.book.worker }
    batch.append(
      .register, keys: [Keys.workers, Keys.loans(worker)], worker, leaseMilliseconds,
      options.worker, options.instance ?? "", Each(options.queues.map(\.rawValue)))
    do throws(RedisError) {
      _ = try await commands.send(batch)[0].orThrow()
    } catch {
      guard error.isFenced else { throw BrokerError(error) }
      // An earlier request to register under this name has come so early that its lease is over.
      state.withLock { state in
        if state.book.worker == worker { _ = state.book.startAnew() }
      }
      return try await register()
    }
    state.withLock { $0.renewed = started }
  }

  private func takeOver(from predecessor: String) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append(.release, keys: [Keys.workers], "", predecessor)
    let count = try await commands.run(batch).first?.integer ?? 0
    guard count > 0 else { return }
    logger.notice(
      "took over from the process that was here before",
      metadata: ["count": "\(count)", "predecessor": "\(predecessor)"])
  }

  /// Starts anew after the lease has run out and others have taken over.
  ///
  /// Several requests may find it out; for those that come late it is done already.
  func loseLease(of worker: String) async {
    let lost: [Loan]? = state.withLock { state in
      guard state.book.worker == worker else { return nil }
      for index in state.lanes.indices { state.lanes[index].state = .idle }
      return state.book.startAnew()
    }
    guard let lost else { return }
    logger.warning("the lease ran out; starting anew", metadata: ["count": "\(lost.count)"])
    if !lost.isEmpty { options.onLost(lost) }
    // What a wait has brought since the others took over.
    giveBack(worker)
    do {
      try await register()
    } catch {
      // The next tick finds out, and tries again.
      logger.debug("can't register", metadata: ["reason": "\(error)"])
    }
    wake()
  }

  var leaseMilliseconds: Int { Int(options.lease / .milliseconds(1)) }
}

extension RedisError {
  /// Whether a script found that the worker's lease is gone.
  var isFenced: Bool { detail.hasPrefix("FENCED") }
}
