public import CeleriacSchedule

/// A call that has not been sent yet: a task, its arguments, and how it shall be sent.
///
///     try await add.s(2, 2).after(.seconds(10)).on(queue: "slow").delay()
public struct Signature<Output: Codable & Sendable>: Sendable {
  /// All that it says; none of it depends on what the task returns.
  var call: UnsentCall

  init(task: String, arguments: CallArguments, options: TaskOptions) {
    call = UnsentCall(task: task, arguments: arguments, options: options)
  }

  /// Does not start before `delay` has passed since sending (Celery's `countdown`).
  public func after(_ delay: Duration) -> Self {
    with { $0.start = .after(delay) }
  }

  /// Does not start before `time` (Celery's `eta`).
  public func at(_ time: Timestamp) -> Self {
    with { $0.start = .at(time) }
  }

  /// Does not start later than `duration` after sending; it is revoked then.
  public func expires(after duration: Duration) -> Self {
    with { $0.expires = .after(duration) }
  }

  /// Does not start later than `time`; it is revoked then.
  public func expires(at time: Timestamp) -> Self {
    with { $0.expires = .at(time) }
  }

  /// Goes to another queue than the task's own.
  public func on(queue: QueueName) -> Self {
    with { $0.queue = queue }
  }

  /// Is taken before calls of a higher number: 0 is the most urgent.
  public func priority(_ priority: TaskPriority) -> Self {
    with { $0.priority = priority }
  }

  /// Is known by an id chosen here; sending it twice makes two calls of one id.
  public func id(_ id: TaskID) -> Self {
    with { $0.id = id }
  }

  /// May run no longer than this.
  public func timeLimit(_ limit: TimeLimit) -> Self {
    with { $0.timeLimit = limit }
  }

  /// Stores no result.
  public func ignoringResult() -> Self {
    with { $0.ignoresResult = true }
  }

  /// Carries a header of the application's own, as text.
  public func header(_ name: String, _ value: String) -> Self {
    with { $0.headers.append((name, value.wireText)) }
  }

  /// Sends the call through ``TaskQueue/current``.
  ///
  /// One round trip.
  ///
  /// - Throws: ``BrokerError`` when there is no current queue or the broker does not take the
  ///   message; ``ArgumentError`` when an argument cannot be encoded.
  @discardableResult
  public func delay() async throws -> TaskResult<Output> {
    try await TaskQueue.required().send(self)
  }

  private func with(_ change: (inout UnsentCall) -> Void) -> Self {
    var copy = self
    change(&copy.call)
    return copy
  }
}
