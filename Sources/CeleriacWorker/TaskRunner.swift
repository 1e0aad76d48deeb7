import CeleriacCore
import Logging

/// Runs one delivery from its bytes to its settlement.
struct TaskRunner: Sendable {
  let registry: TaskRegistry
  let queue: TaskQueue
  let unknownTasks: UnknownTaskPolicy
  /// At how many crashes a call is given up whose task says nothing of it.
  let deliveries: Int
  let running: RunningTasks
  let settler: Settler
  let consumer: any Consumer
  let logger: Logger
  let revocations: any Revocations
  /// Takes out of the line whatever else must not start, because its lease is over too.
  var takeOutStale: @Sendable () -> [Delivery] = { [] }
  /// A number in 0..<1 that places a retry's delay inside its jitter.
  var random: @Sendable () -> Double = { .random(in: 0..<1) }

  /// Reads, runs and settles a delivery; never throws, whatever it contains.
  ///
  /// Returns what has come of it; nothing when it was not run, because its lease was over or its early
  /// acknowledgement failed.
  @discardableResult
  func run(_ delivery: Delivery) async -> Outcome? {
    guard consumer.isCurrent(delivery.loan) else {
      // Refused where others have it; in line again as before where nobody has.
      settler.handBack([delivery] + takeOutStale())
      return nil
    }
    do throws(MessageError) {
      return await run(try TaskCall(message: delivery.bytes), delivery)
    } catch {
      settler.settle(buried(delivery, error))
      return .buried(TaskException(error), reason: error.description)
    }
  }

  private func run(_ call: TaskCall, _ delivery: Delivery) async -> Outcome? {
    let task = registry[call.task]
    if let early = await revoked(call) {
      log(early, of: call, duration: nil)
      settle(early, delivery, call, task)
      return early
    }
    if let early = checkBeforeRun(call, task, crashes: delivery.crashes) {
      log(early, of: call, duration: nil)
      settle(early, delivery, call, task)
      return early
    }
    guard let task else { return nil }

    var kept = delivery as Delivery?
    if task.kept.options.acknowledge == .early {
      guard await acknowledgeNow(delivery) else { return nil }
      kept = nil
    }
    if logger.logLevel <= .debug { logger.naming(call).debug("task started") }
    let start = ContinuousClock.now
    let outcome = await execute(task, call, delivery.loan)
    log(outcome, of: call, isKept: kept != nil, duration: ContinuousClock.now - start)
    if kept != nil {
      settle(outcome, delivery, call, task)
    } else {
      await storeResult(outcome, delivery, call, task)
    }
    return outcome
  }

  // Asked for only while news may have been missed, and then until there is an answer. A server that
  // refuses the question would refuse it for ever: work goes on, and the log says what is not heeded.
  private func revoked(_ call: TaskCall) async -> Outcome? {
    while true {
      if let isRevoked = revocations.knows(call.id) { return isRevoked ? .revoked(.revoked) : nil }
      do {
        return try await revocations.ask(call.id) ? .revoked(.revoked) : nil
      } catch {
        guard error.code != .refused else {
          logger.naming(call).error(
            "the task runs, though whether it was revoked can't be read",
            metadata: ["reason": "\(error)"])
          return nil
        }
        guard (try? await Task.sleep(for: .milliseconds(200))) != nil else { return .handedBack }
      }
    }
  }

  // The reasons not to run a call at all, in Celery's order.
  private func checkBeforeRun(
    _ call: TaskCall, _ task: RegisteredTask?, crashes: Int
  ) -> Outcome? {
    if let expires = call.expires, expires <= queue.clock.now() { return .revoked(.expired) }
    if let eta = call.eta, eta > queue.clock.now() { return .postponed(due: eta) }
    guard let task else {
      let error = MessageError(
        .unknownTask, task: call.task, id: call.id, detail: "no task of that name is compiled in")
      return unknownTasks == .requeue
        ? .postponed(due: queue.clock.now() + .seconds(10))
        : .buried(TaskException(error), reason: error.description)
    }
    if crashes >= task.kept.options.deliveries ?? deliveries {
      let exception = TaskException.workerLost(crashes: crashes)
      return .buried(exception, reason: exception.arguments.joined())
    }
    // The run reads them as well, and fails alike; but here nothing is acknowledged yet.
    guard task.kept.options.acknowledge == .early else { return nil }
    do {
      try task.handle.check(call.arguments)
      return nil
    } catch {
      return .buried(TaskException(error), reason: error.description)
    }
  }

  private func execute(
    _ task: RegisteredTask, _ call: TaskCall, _ loan: Loan
  ) async -> Outcome {
    let limit = limit(call, task)
    let context = TaskContext(
      call: call, logger: logger, deadline: limit.map { queue.clock.now() + $0 }
    ) { [queue, keepsResult = keepsResult(call, task)] call, state, value in
      guard keepsResult else { return }
      try await queue.results.store(
        call.result(state, value: value, at: queue.clock.now(), expiry: queue.resultExpiry))
    }
    let timer = limit.map { limit in
      Task { [running] in
        try await Task.sleep(for: limit)
        running.cancel(loan, because: .softLimit)
      }
    }
    defer { timer?.cancel() }
    do {
      let value = try await TaskContext.$current.withValue(context) {
        try await task.run(context, call.arguments)
      }
      return running.reason(for: loan) == .revoked ? .revoked(.terminated) : .success(value)
    } catch {
      return .of(
        error, from: call, task: task.handle, ended: running.reason(for: loan),
        now: queue.clock.now(), random: random())
    }
  }

  private func limit(_ call: TaskCall, _ task: RegisteredTask) -> Duration? {
    let soft = call.softTimeLimit ?? task.kept.options.timeLimit?.soft
    guard let soft, let hard = call.hardTimeLimit else { return soft ?? call.hardTimeLimit }
    return min(soft, hard)
  }

  private func settle(
    _ outcome: Outcome, _ delivery: Delivery, _ call: TaskCall, _ task: RegisteredTask?
  ) {
    settler.settle(
      outcome.settlement(
        of: delivery, call: call, keepsResult: keepsResult(call, task),
        expiry: queue.resultExpiry, now: queue.clock.now()))
  }

  private func keepsResult(_ call: TaskCall, _ task: RegisteredTask?) -> Bool {
    !(call.ignoresResult ?? (task?.kept.options.result == .ignored))
  }

  private func buried(_ delivery: Delivery, _ error: MessageError) -> Settlement {
    logger.error(
      "a message can't be read: it is in the dead letters",
      metadata: [
        "task": "\(error.task ?? "?")", "task_id": "\(error.id?.rawValue ?? "?")",
        "reason": "\(error.description)",
      ])
    // Whoever waits for the result is told, as far as the message says who that is.
    let result = error.id.map { id in
      ResultWrite.failure(
        id, TaskException(error), at: queue.clock.now(), expiry: queue.resultExpiry)
    }
    return Settlement(delivery.loan, .bury(reason: error.description), result: result)
  }
}

extension TaskRunner {
  // For tasks that must rather be lost than run twice: the loan ends before the run starts. Asked
  // until there is an answer, whoever cancels: an acknowledged call that does not run is lost.
  private func acknowledgeNow(_ delivery: Delivery) async -> Bool {
    let settlement = Settlement(delivery.loan, .acknowledge)
    let answer = await Task { await settler.ask([settlement]) }.value
    guard let answer, answer == [] else { return false }
    // Asked for twice, the answer may only say that the loan is gone: with the lease, to somebody
    // else, who runs it.
    return running.reason(for: delivery.loan) != .lost && !consumer.hasLost(delivery.loan)
  }

  private func storeResult(
    _ outcome: Outcome, _ delivery: Delivery, _ call: TaskCall, _ task: RegisteredTask
  ) async {
    let settlement = outcome.settlement(
      of: delivery, call: call, keepsResult: keepsResult(call, task),
      expiry: queue.resultExpiry, now: queue.clock.now())
    do {
      if case .schedule(let message, _) = settlement.disposition {
        try await queue.broker.send([message])
      }
      if let result = settlement.result { try await store(result) }
    } catch {
      logger.naming(call).error("the outcome can't be stored", metadata: ["reason": "\(error)"])
    }
  }

  // Storing twice is harmless, so a store that is away for a while is asked again. Sending twice is
  // not: the call would run twice.
  private func store(_ result: ResultWrite) async throws {
    var delay = Duration.milliseconds(50)
    while true {
      do throws(BrokerError) {
        return try await queue.results.store(result)
      } catch {
        guard error.code != .refused, error.code != .closed else { throw error }
      }
      try await Task.sleep(for: delay)
      delay = min(delay * 2, .seconds(1))
    }
  }

  private func log(
    _ outcome: Outcome, of call: TaskCall, isKept: Bool = true, duration: Duration?
  ) {
    guard logger.logLevel <= outcome.logLevel else { return }
    let logger = logger.naming(call)
    var metadata: Logger.Metadata = [:]
    if let duration { metadata["duration_ms"] = "\(duration.milliseconds)" }
    switch outcome {
    case .success: logger.info("task succeeded", metadata: metadata)
    case .ignored: logger.info("task ended without result", metadata: metadata)
    case .failure(let exception, _):
      metadata["reason"] = "\(exception.summary)"
      logger.error("task failed", metadata: metadata)
    case .retry(let exception, let due, _, _):
      metadata["reason"] = "\(exception.summary)"
      metadata["due"] = "\(due)"
      logger.warning("task will be retried", metadata: metadata)
    case .postponed(let due): logger.debug("task waits", metadata: ["due": "\(due)"])
    case .revoked(let exception):
      logger.info("task revoked", metadata: ["reason": "\(exception.summary)"])
    case .buried(_, let reason):
      metadata["reason"] = "\(reason)"
      logger.error(
        isKept
          ? "task given up: it is in the dead letters"
          : "task given up: acknowledged before it ran, it is kept nowhere", metadata: metadata)
    case .handedBack:
      logger.notice(
        isKept
          ? "task cancelled before its end: it will run again"
          : "task cancelled before its end: acknowledged before it ran, it will not run again",
        metadata: metadata)
    }
  }
}

extension Outcome {
  /// How loudly it is said, if it is.
  fileprivate var logLevel: Logger.Level {
    switch self {
    case .postponed: .debug
    case .success, .ignored, .revoked: .info
    case .handedBack: .notice
    case .retry: .warning
    case .failure, .buried: .error
    }
  }
}

extension Duration {
  /// Milliseconds with three digits after the point.
  fileprivate var milliseconds: String {
    let micros = Int64(self / .microseconds(1))
    let fraction = String(micros % 1000)
    return "\(micros / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction)"
  }
}
