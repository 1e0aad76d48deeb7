/// A task made of a closure, without macros.
///
///     let add = TaskDefinition("proj.add") { (x: Int, y: Int) in x + y }
///     try await add.delay(2, 2)
///
/// Arguments are positional; name the parameters with `labels` to let callers send keywords.
/// A worker knows the definitions that its application lists.
public struct TaskDefinition<each Argument: Codable & Sendable, Output: Codable & Sendable>:
  TaskHandle
{
  /// The name on the wire.
  public let name: String

  /// How the task is sent and run.
  public let options: TaskOptions

  /// The parameters, in order.
  public let parameters: [TaskParameter]

  /// When the task runs by itself, if it does.
  public let periodic: PeriodicOptions?

  /// Where the task is written.
  public let source: SourceLocation

  // One of these two is set; a closure cannot be wrapped in another over a parameter pack.
  private let returning: (@concurrent @Sendable (repeat each Argument) async throws -> Output)?
  private let silent: (@concurrent @Sendable (repeat each Argument) async throws -> Void)?

  /// Makes a task of a closure.
  ///
  /// - Parameters:
  ///   - name: The name on the wire; it has to be the application's only one of that name.
  ///   - labels: The parameters' names; `arg0`, `arg1` and so on where there are fewer.
  ///   - options: How the task is sent and run.
  ///   - periodic: When it runs by itself; only sensible without parameters.
  ///   - file: Where the definition stands.
  ///   - line: Where the definition stands.
  ///   - body: What the task does.
  public init(
    _ name: String, labels: [String] = [], options: TaskOptions = TaskOptions(),
    periodic: PeriodicOptions? = nil, file: String = #fileID, line: Int = #line,
    _ body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Output
  ) {
    self.init(
      name, labels: labels, options: options, periodic: periodic,
      source: SourceLocation(file: file, line: line), returning: body)
  }

  private init(
    _ name: String, labels: [String], options: TaskOptions, periodic: PeriodicOptions?,
    source: SourceLocation,
    returning: (@concurrent @Sendable (repeat each Argument) async throws -> Output)? = nil,
    silent: (@concurrent @Sendable (repeat each Argument) async throws -> Void)? = nil
  ) {
    self.name = name
    self.options = options
    self.periodic = periodic
    self.source = source
    self.returning = returning
    self.silent = silent
    var parameters: [TaskParameter] = []
    for type in repeat (each Argument).self {
      let index = parameters.count
      parameters.append(
        TaskParameter(
          index < labels.count ? labels[index] : "arg\(index)", type: String(describing: type)))
    }
    self.parameters = parameters
  }

  /// Runs the task here.
  public func callAsFunction(_ arguments: repeat each Argument) async throws -> Output {
    if let returning { return try await returning(repeat each arguments) }
    try await silent?(repeat each arguments)
    return nothing()
  }

  // Apart, because whoever enters it pays for the metadata of an optional value.
  @inline(never)
  private func nothing() -> Output {
    guard let nothing = Nothing() as? Output else {
      preconditionFailure("only a task whose output is Nothing has a silent body")
    }
    return nothing
  }

  /// A call of the task, to be sent later or otherwise.
  public func s(_ arguments: repeat each Argument) -> Signature<Output> {
    var call = CallArguments()
    for argument in repeat each arguments { call.append(argument) }
    return signature(call)
  }

  /// Sends a call of the task.
  ///
  /// One round trip.
  ///
  /// - Throws: ``BrokerError`` when the broker does not take the message.
  @discardableResult
  public func delay(_ arguments: repeat each Argument) async throws -> TaskResult<Output> {
    try await s(repeat each arguments).delay()
  }

  /// Reads the arguments and runs the task.
  public func run(_ context: TaskContext, _ arguments: Arguments) async throws -> Output {
    let values = try read(arguments)
    return try await callAsFunction(repeat each values)
  }

  /// Reads the arguments without running anything.
  public func check(_ arguments: Arguments) throws(ArgumentError) {
    _ = try read(arguments)
  }

  private func read(_ arguments: Arguments) throws(ArgumentError) -> (repeat each Argument) {
    var reader = ArgumentReader(arguments, parameters)
    let values = (repeat try reader.next((each Argument).self))
    try reader.finish()
    return values
  }
}

extension TaskDefinition where Output == Nothing {
  /// Makes a task of a closure that returns nothing.
  public init(
    _ name: String, labels: [String] = [], options: TaskOptions = TaskOptions(),
    periodic: PeriodicOptions? = nil, file: String = #fileID, line: Int = #line,
    _ body: @escaping @concurrent @Sendable (repeat each Argument) async throws -> Void
  ) {
    self.init(
      name, labels: labels, options: options, periodic: periodic,
      source: SourceLocation(file: file, line: line), silent: body)
  }
}

// Walks parameters and arguments side by side.
private struct ArgumentReader {
  private var arguments: Arguments
  private let parameters: [TaskParameter]
  private var index = 0

  init(_ arguments: Arguments, _ parameters: [TaskParameter]) {
    self.arguments = arguments
    self.parameters = parameters
  }

  mutating func next<Value: Decodable>(_ type: Value.Type) throws(ArgumentError) -> Value {
    defer { index += 1 }
    return try arguments.next(parameters[index].name)
  }

  func finish() throws(ArgumentError) {
    try arguments.finish()
  }
}

/// A task that lives elsewhere, in Python for instance, and is only called from here.
///
///     let resize = RemoteTask<String, Int, URL>("images.resize")
///     let url = try await resize.delay("cat.jpg", 640).value(within: .seconds(30))
///
/// The last type is what the task returns; the others are its arguments.
public struct RemoteTask<each Argument: Codable & Sendable, Output: Codable & Sendable>: Sendable {
  /// The name on the wire.
  public let name: String

  /// How calls are sent.
  public let options: TaskOptions

  /// Names a task that lives elsewhere.
  public init(_ name: String, options: TaskOptions = TaskOptions()) {
    self.name = name
    self.options = options
  }

  /// A call of the task, to be sent later or otherwise.
  public func s(_ arguments: repeat each Argument) -> Signature<Output> {
    var call = CallArguments()
    for argument in repeat each arguments { call.append(argument) }
    return Signature(task: name, arguments: call, options: options)
  }

  /// Sends a call of the task.
  ///
  /// One round trip.
  ///
  /// - Throws: ``BrokerError`` when the broker does not take the message.
  @discardableResult
  public func delay(_ arguments: repeat each Argument) async throws -> TaskResult<Output> {
    try await s(repeat each arguments).delay()
  }
}
