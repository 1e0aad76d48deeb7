/// Makes a task of a function that a schedule calls, too.
///
///     @PeriodicTask(.crontab("0 0 * * *", in: "Europe/Berlin"), missed: .once)
///     func mailPendingTasks() async throws { … }
///
/// All that ``Task(_:queue:retry:expires:timeLimit:priority:result:acknowledge:deliveries:)``
/// says holds here as well. Each parameter has a default, for a schedule has no arguments to give.
/// A crontab is a literal and is checked while compiling.
///
/// - Parameters:
///   - schedule: When the task is due.
///   - missed: What becomes of runs whose instant passed while no beat was running.
///   - queue: Where calls wait; the application's default queue unless given.
///   - retry: What happens after a failure.
///   - expires: How long after sending a call may still start.
///   - timeLimit: How long a run may take.
///   - priority: Which calls are taken first.
///   - result: What becomes of the return value.
///   - acknowledge: When the message leaves the broker.
///   - deliveries: How many workers a call may take with it before it goes to the dead letters, 2 to
///     9; the worker's own setting unless given.
@attached(peer, names: overloaded, prefixed(Task_), prefixed(TaskRecord_))
public macro PeriodicTask(
  _ schedule: Schedule, missed: MissedPolicy = .once, queue: QueueName? = nil,
  retry: RetryPolicy = .never, expires: Duration? = nil, timeLimit: TimeLimit? = nil,
  priority: TaskPriority = .normal, result: ResultPolicy = .kept,
  acknowledge: AcknowledgePolicy = .late, deliveries: Int? = nil
) = #externalMacro(module: "CeleriacMacros", type: "PeriodicTaskMacro")

/// Makes a task of a function that a schedule calls, too, under a wire name of its own.
///
///     @PeriodicTask("reports.nightly", .daily(at: "02:30", in: "Europe/Berlin"))
///     func writeReports() async throws { … }
///
/// - Parameters:
///   - name: The name on the wire, a literal.
///   - schedule: When the task is due.
///   - missed: What becomes of runs whose instant passed while no beat was running.
///   - queue: Where calls wait; the application's default queue unless given.
///   - retry: What happens after a failure.
///   - expires: How long after sending a call may still start.
///   - timeLimit: How long a run may take.
///   - priority: Which calls are taken first.
///   - result: What becomes of the return value.
///   - acknowledge: When the message leaves the broker.
///   - deliveries: How many workers a call may take with it before it goes to the dead letters, 2 to
///     9; the worker's own setting unless given.
@attached(peer, names: overloaded, prefixed(Task_), prefixed(TaskRecord_))
public macro PeriodicTask(
  _ name: String, _ schedule: Schedule, missed: MissedPolicy = .once, queue: QueueName? = nil,
  retry: RetryPolicy = .never, expires: Duration? = nil, timeLimit: TimeLimit? = nil,
  priority: TaskPriority = .normal, result: ResultPolicy = .kept,
  acknowledge: AcknowledgePolicy = .late, deliveries: Int? = nil
) = #externalMacro(module: "CeleriacMacros", type: "PeriodicTaskMacro")

/// Makes a task of a function that is called once in each interval, too.
///
///     @PeriodicTask(runEvery: .seconds(30))
///     func refreshCounts() async throws { … }
///
/// - Parameters:
///   - name: The name on the wire, a literal; `Module.Type.function` unless given.
///   - interval: The time from one run to the next; the calendar plays no part.
///   - missed: What becomes of runs whose instant passed while no beat was running.
///   - queue: Where calls wait; the application's default queue unless given.
///   - retry: What happens after a failure.
///   - expires: How long after sending a call may still start.
///   - timeLimit: How long a run may take.
///   - priority: Which calls are taken first.
///   - result: What becomes of the return value.
///   - acknowledge: When the message leaves the broker.
///   - deliveries: How many workers a call may take with it before it goes to the dead letters, 2 to
///     9; the worker's own setting unless given.
@attached(peer, names: overloaded, prefixed(Task_), prefixed(TaskRecord_))
public macro PeriodicTask(
  _ name: String? = nil, runEvery interval: Duration, missed: MissedPolicy = .once,
  queue: QueueName? = nil, retry: RetryPolicy = .never, expires: Duration? = nil,
  timeLimit: TimeLimit? = nil, priority: TaskPriority = .normal, result: ResultPolicy = .kept,
  acknowledge: AcknowledgePolicy = .late, deliveries: Int? = nil
) = #externalMacro(module: "CeleriacMacros", type: "PeriodicTaskMacro")
