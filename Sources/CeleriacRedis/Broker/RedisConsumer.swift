import CeleriacCore
import Logging
import Synchronization

/// Takes messages for one worker, renews its lease, and looks after the loans of dead ones.
///
/// With a backlog, a script takes batches. Without one, the consumer waits at every list with BLMOVE
/// into batches that are registered before: Redis wakes exactly one waiter for a message, and the
/// message is on loan before anybody is told of it.
final class RedisConsumer: Consumer {
  /// Whether the server knows the worker under the name of its present epoch.
  enum Registration {
    case standing
    case underway
    case missing
  }

  struct State {
    var registration = Registration.underway
    var book: LoanBook
    var lanes: [Lane]
    var suspects: SuspectBook
    /// What lanes have brought while nobody was waiting.
    var arrived: [Delivery] = []
    var waiter: CheckedContinuation<Void, Never>?
    var isWaitOver = false
    /// When the lease was last known to be renewed.
    var renewed: ContinuousClock.Instant
    var clock: LeaseClock
    var isClosed = false
    var rotation = 0
    var ticker: IOTimer?
    var early: (timer: IOTimer, due: ContinuousClock.Instant)?
    var shower: IOTimer?
    var isTicking = false
  }

  let options: ConsumerOptions
  let url: RedisURL
  let thread: IOThread
  let logger: Logger
  let commands: RedisConnection
  let health: HealthWatch
  let executor: (any TaskExecutor)?
  let state: Mutex<State>

  // The same server keeps the results: they change in one step with the loans.
  private let sharesResults: Bool

  init(_ options: ConsumerOptions, url: RedisURL, thread: IOThread, logger: Logger) {
    self.options = options
    self.url = url
    self.thread = thread
    executor = IOExecutor(thread)
    self.logger = logger
    let health = HealthWatch(options.onHealth)
    self.health = health
    var configuration = RedisConfiguration(url, clientName: "celeriac-worker")
    // A connection that has died without a word is replaced while the lease still runs.
    configuration.commandTimeout = min(configuration.commandTimeout, options.lease / 2)
    commands = RedisConnection(configuration, on: thread, announce: health.note)
    sharesResults =
      (options.results as? RedisResultStore)?.url.isSameDatabase(as: url) ?? false
    // A process may start several that inherit its place in a supervisor; none is another.
    let base = (options.instance.map { "\($0)-" } ?? "") + RandomUUID().text
    state = Mutex(
      State(
        book: LoanBook(base: base), lanes: Lane.all(of: options.queues),
        suspects: SuspectBook(queues: options.queues, apartAfter: options.apartAfter),
        renewed: ContinuousClock.now, clock: LeaseClock(lease: options.lease)))
  }

  /// Makes the worker known, takes over from its predecessor and starts the clock.
  func open() async throws(BrokerError) {
    try await register()
    state.withLock { $0.registration = .standing }
    // A place may have lost several processes since a worker could last tell Redis so.
    for predecessor in options.predecessor?.split(separator: " ") ?? [] {
      try await takeOver(from: String(predecessor))
    }
    health.open()
    startTicking()
    startShowing()
  }

  func settle(_ settlements: [Settlement]) async throws(BrokerError) -> Unsettled {
    if state.withLock({ $0.isClosed }) {
      throw BrokerError(.closed, detail: "\(url): the loans were handed back")
    }
    if !sharesResults { try await storeResults(of: settlements) }
    let (request, worker) = state.withLock {
      let request = SettleRequest(
        settlements, book: &$0.book, withResults: sharesResults, isVisible: isVisible)
      return (request, $0.book.worker)
    }
    guard let batch = request.batch else {
      endSeclusion(of: settlements)
      return Unsettled(lost: request.lost)
    }
    do throws(RedisError) {
      let reply = try await commands.send(batch)[0].orThrow(by: url.description)
      let unsettled = state.withLock { request.read(reply, into: &$0.book) }
      endSeclusion(of: settlements)
      tickWhenDue(settlements)
      return unsettled.refused.isEmpty ? unsettled : await explain(unsettled)
    } catch {
      guard error.isFenced else {
        let failure = BrokerError(error)
        // Any other is asked again, and until then the loan may stand.
        if failure.code == .refused { endSeclusion(of: settlements) }
        throw failure
      }
      await loseLease(of: worker)
      return Unsettled(lost: request.lost.union(request.sent))
    }
  }

  // The server says that a key is of the wrong type, and not which.
  private func explain(_ unsettled: Unsettled) async -> Unsettled {
    var explained: [String: String] = [:]
    for reason in Set(unsettled.refused.values) {
      explained[reason] = await explain(RedisError(.errorReply, url.description, reason)).detail
    }
    return Unsettled(
      lost: unsettled.lost, refused: unsettled.refused.mapValues { explained[$0] ?? $0 })
  }

  func isCurrent(_ loan: Loan) -> Bool {
    state.withLock { state in
      ContinuousClock.now - state.renewed < options.lease && state.book.holds(loan)
    }
  }

  func hasLost(_ loan: Loan) -> Bool { state.withLock { $0.book.hasLost(loan) } }

  // First the result, then the end of the loan: a crash in between repeats the call.
  private func storeResults(of settlements: [Settlement]) async throws(BrokerError) {
    for settlement in settlements {
      guard let result = settlement.result, state.withLock({ $0.book.holds(settlement.loan) })
      else { continue }
      do throws(BrokerError) {
        try await options.results.store(result)
      } catch {
        guard error.code == .refused else { throw error }
        // One that is not taken must not keep the others' loans.
        logger.error(
          "a result is refused by its store",
          metadata: ["task_id": "\(result.id)", "reason": "\(error.detail)"])
      }
    }
  }

  func close() async {
    let (worker, waiting, lanes) = state.withLock { state in
      state.isClosed = true
      state.ticker?.cancel()
      state.early?.timer.cancel()
      state.shower?.cancel()
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
      let replies = try await commands.send(batch, within: .limit(.seconds(2)))
      _ = try replies.last?.orThrow(by: url.description)
    } catch {
      logger.warning(
        "loans could not be handed back; others take them over when they can",
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
      options.worker, options.instance ?? "", isVisible ? "1" : "",
      Each(options.queues.map(\.rawValue)))
    do throws(RedisError) {
      _ = try await commands.send(batch)[0].orThrow(by: commands.subject)
    } catch {
      guard error.isFenced else {
        let bindings = options.queues.flatMap { ExpectedKey.bindings(of: $0) }
        throw BrokerError(
          await commands.explain(error, by: ExpectedKey.common + bindings + visibleKeys))
      }
      // An earlier request to register under this name has come so early that its lease is over.
      state.withLock { state in
        if state.book.worker == worker { _ = state.book.startAnew() }
      }
      return try await register()
    }
    state.withLock { state in
      state.renewed = started
      // To have registered proves nothing of the time before.
      state.clock.forget()
    }
  }

  private func takeOver(from predecessor: String) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append(.release, keys: [Keys.workers], "", predecessor)
    let count: Int
    do throws(BrokerError) {
      count = try await commands.run(batch).first?.integer ?? 0
    } catch {
      guard error.code == .refused else { throw error }
      // What stays on loan is swept by every worker's ticks.
      logger.warning(
        "what the process that was here before had on loan can't be handed back yet",
        metadata: ["predecessor": "\(predecessor)", "reason": "\(error.detail)"])
      return
    }
    guard count > 0 else { return }
    logger.notice(
      "took over from the process that was here before",
      metadata: ["count": "\(count)", "predecessor": "\(predecessor)"])
  }

  /// Starts anew after the server has denied that this worker has a lease.
  ///
  /// Several requests may find it out; for those that come late it is done already.
  func loseLease(of worker: String) async {
    let loss: (lost: [Loan], lanes: [Lane], isNew: Bool)? = state.withLock { state in
      guard !state.isClosed, state.book.worker == worker, state.registration != .underway else {
        return nil
      }
      defer { state.registration = .underway }
      guard state.registration == .standing else { return ([], [], false) }
      let lanes = state.lanes
      for index in state.lanes.indices { state.lanes[index].state = .idle }
      state.suspects.forget()
      return (state.book.startAnew(), lanes, true)
    }
    guard let (lost, lanes, isNew) = loss else { return }
    if !lost.isEmpty { options.onLost(lost) }
    if isNew {
      await explainLoss(of: worker, lost.count)
      // What a wait has brought since the others took over.
      giveBack(worker)
      // And what one has brought from a server without its data, which knows of no loans: nobody else
      // will look for it.
      for lane in lanes {
        if let batch = lane.lastBatch { giveBack(batch, of: worker, to: lane.list) }
      }
    }
    do {
      try await register()
      state.withLock { $0.registration = .standing }
    } catch {
      // The next tick finds out, and tries again.
      state.withLock { $0.registration = .missing }
      logger.debug("can't register", metadata: ["reason": "\(error)"])
    }
    wake()
  }

  // Whoever recovers a worker's loans leaves the worker's key; a server without its data has none.
  private func explainLoss(of worker: String, _ count: Int) async {
    let reason: String
    do throws(RedisError) {
      reason =
        try await commands.send(RedisCommand("EXISTS", Keys.loans(worker))).integer == 1
        ? "another worker has taken over: this one was silent for longer than its lease"
        : "the server knows nothing of this worker: it has lost its data, or was emptied"
    } catch {
      reason = "the server has denied it"
    }
    if count > 0 {
      logger.warning(
        "lease lost: the tasks under it are cancelled; starting anew",
        metadata: ["count": "\(count)", "reason": "\(reason)"])
    } else {
      logger.notice("lease lost; starting anew", metadata: ["reason": "\(reason)"])
    }
  }

  /// What a worker is told of an error, the key named where a key is to blame.
  func explain(_ error: RedisError) async -> BrokerError {
    let worker = state.withLock { $0.book.worker }
    let keys =
      options.queues.flatMap { ExpectedKey.of($0) } + ExpectedKey.common
      + [ExpectedKey(Keys.loans(worker), "hash")] + visibleKeys
    return BrokerError(await commands.explain(error, by: keys))
  }

  private var visibleKeys: [ExpectedKey] { isVisible ? ExpectedKey.visible : [] }

  var leaseMilliseconds: Int { Int(options.lease / .milliseconds(1)) }
}
