/// Makes a task of a function: it runs here when called, and elsewhere when its `delay` is.
///
///     @Task(queue: "mail", retry: .exponential(attempts: 5), timeLimit: .seconds(30))
///     func sendEmail(to address: String, _ pending: [PendingTask]) async throws -> Receipt { … }
///
///     try await sendEmail(to: "ada@example.org", pending)         // runs here
///     try await sendEmail.delay(to: "ada@example.org", pending)   // goes to the broker
///     sendEmail.s(to: "ada@example.org", pending)                 // a call to be sent later
///
/// Beside the function stand a value of the same name, the task's ``TaskHandle``, and a record by
/// which every worker of the program finds it: there is no list to keep.
///
/// Parameters before the first label travel by position; from the first labelled one on they
/// travel by name, under their label. A call may give each of them either way, and defaults hold
/// for the caller as well as for the worker. Parameters and results are `Codable` and `Sendable`;
/// a first parameter of type ``TaskContext`` is filled in by the worker.
///
/// The function is free or static, and not generic. One without parameters has to be `async`,
/// because Swift takes it and a value of its name for the same thing otherwise. Of functions that
/// differ only in their labels, one can be a task.
///
/// - Parameters:
///   - name: The name on the wire, a literal; `Module.Type.function` unless given. Tasks that
///     other programs call should have one, which then stays when the function moves.
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
public macro Task(
  _ name: String? = nil, queue: QueueName? = nil, retry: RetryPolicy = .never,
  expires: Duration? = nil, timeLimit: TimeLimit? = nil, priority: TaskPriority = .normal,
  result: ResultPolicy = .kept, acknowledge: AcknowledgePolicy = .late, deliveries: Int? = nil
) = #externalMacro(module: "CeleriacMacros", type: "TaskMacro")
