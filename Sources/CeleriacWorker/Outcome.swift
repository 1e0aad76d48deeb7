package import CeleriacCore

/// What has come of a call, before it is settled.
package enum Outcome: Sendable {
  /// The task has returned; the JSON text of its value.
  case success([UInt8])
  /// The task has thrown for the last time.
  case failure(TaskException, traceback: String?)
  /// The task will run again.
  case retry(TaskException, due: Timestamp, counting: Bool, traceback: String)
  /// The call came before its time, or must wait for a worker that knows its task.
  case postponed(due: Timestamp)
  /// The call was not started in time.
  case revoked(TaskException)
  /// The call or its message is given up.
  case buried(TaskException, reason: String)
  /// The task wants nothing to be said about it.
  case ignored
  /// The worker stops before the task has ended.
  case handedBack
}

extension Outcome {
  /// Decides what follows from `error`, which a task has thrown.
  ///
  /// `ended` is why the run was cancelled, if it was; `random` is in 0..<1 and places a retry's delay
  /// inside its jitter.
  static func of(
    _ error: any Error, from call: TaskCall, task: any TaskHandle, ended: CancellationReason?,
    now: Timestamp, random: Double
  ) -> Outcome {
    func traceback(_ exception: TaskException) -> String {
      exception.traceback(task: call.task, at: task.source)
    }
    func failure(_ exception: TaskException) -> Outcome {
      .failure(exception, traceback: traceback(exception))
    }
    if ended == .revoked { return .revoked(.terminated) }
    switch error {
    case let retry as Retry:
      // As in Celery, a task without a policy may ask three times.
      let attempts = task.options.retry.attempts > 1 ? task.options.retry.attempts : 4
      guard !retry.counting || call.attempt < attempts else {
        return failure(.maxRetriesExceeded("can't retry \(call.task)[\(call.id)] again"))
      }
      let exception = TaskException(
        type: "Retry", module: "celery.exceptions", arguments: ["retry in \(retry.delay)"])
      return .retry(
        exception, due: now + retry.delay, counting: retry.counting,
        traceback: traceback(exception))
    case is Ignore:
      return .ignored
    case let reject as Reject:
      return .buried(
        TaskException(
          type: "Reject", module: "celery.exceptions", arguments: [reject.reason]),
        reason: reject.reason)
    case let error as ArgumentError:
      return .buried(TaskException(error), reason: error.description)
    case _ where ended == .shutdown || ended == .lost:
      // Whatever a cancelled task throws, most likely it would not have thrown it otherwise.
      return .handedBack
    default:
      let isLimit = error is CancellationError && ended == .softLimit
      let exception = isLimit ? TaskException.softTimeLimitExceeded : TaskException(error)
      guard
        let delay = task.options.retry.delay(
          after: error, attempt: call.attempt, random: random)
      else { return failure(exception) }
      return .retry(
        exception, due: now + delay, counting: true, traceback: traceback(exception))
    }
  }
}

/// Why a run was cancelled.
enum CancellationReason: Sendable {
  /// Its time was over.
  case softLimit
  /// The call was revoked.
  case revoked
  /// The worker stops.
  case shutdown
  /// Its loan has passed to another worker.
  case lost
}

extension Outcome {
  /// How the loan ends, and what the result store shall keep of it.
  func settlement(
    of delivery: Delivery, call: TaskCall, keepsResult: Bool, expiry: Duration, now: Timestamp
  ) -> Settlement {
    func result(_ state: TaskState, _ value: [UInt8], _ traceback: String? = nil) -> ResultWrite? {
      guard keepsResult else { return nil }
      return call.result(state, value: value, traceback: traceback, at: now, expiry: expiry)
    }
    let loan = delivery.loan
    switch self {
    case .success(let value):
      return Settlement(loan, .acknowledge, result: result(.success, value))
    case .failure(let exception, let traceback):
      return Settlement(loan, .acknowledge, result: result(.failure, exception.json, traceback))
    case .retry(let exception, let due, let counting, let traceback):
      let message = call.retryMessage(due: due, counting: counting, queue: delivery.queue)
      return Settlement(
        loan, .schedule(message, due: due), result: result(.retry, exception.json, traceback))
    case .postponed(let due):
      let message = Message(
        bytes: delivery.bytes, queue: delivery.queue, priority: call.priority)
      return Settlement(loan, .schedule(message, due: due))
    case .revoked(let exception):
      return Settlement(loan, .acknowledge, result: result(.revoked, exception.json))
    case .buried(let exception, let reason):
      return Settlement(loan, .bury(reason: reason), result: result(.failure, exception.json))
    case .ignored:
      return Settlement(loan, .acknowledge)
    case .handedBack:
      return Settlement(loan, .requeue)
    }
  }
}
