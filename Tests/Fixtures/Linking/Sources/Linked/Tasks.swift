// swift-format-ignore-file
// Tasks, and in Sources/Linked/Tasks.swift what they expand to: a test keeps the two together.

public import CeleriacCore

func add(_ x: Int, _ y: Int = 2) -> Int { x + y }

nonisolated struct Task_add: CeleriacCore.TaskHandle {
  let name = "Linked.add"
  let options = CeleriacCore.TaskOptions()
  let parameters: [CeleriacCore.TaskParameter] = [
    CeleriacCore.TaskParameter("x", type: "Int"),
    CeleriacCore.TaskParameter("y", type: "Int", hasDefault: true),
  ]
  let source = CeleriacCore.SourceLocation(file: "Linked/Tasks.swift", line: 6)

  func s(_ x: Int, _ y: Int = 2) -> CeleriacCore.Signature<Int> {
    var call = CeleriacCore.CallArguments()
    call.append(x)
    call.append(y)
    return self.signature(call)
  }

  @discardableResult
  func delay(_ x: Int, _ y: Int = 2) async throws -> CeleriacCore.TaskResult<Int> {
    try await self.s(x, y).delay()
  }

  func run(
    _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
  ) async throws -> Int {
    let function: @concurrent (Int, Int) async throws -> Int = add(_:_:)
    let (x, y) = try self.read(arguments)
    return try await function(x, y)
  }

  func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
    _ = try self.read(arguments)
  }

  private func read(
    _ arguments: CeleriacCore.Arguments
  ) throws(CeleriacCore.ArgumentError) -> (Int, Int) {
    var arguments = arguments
    let x: Int = try arguments.next("x")
    let y: Int = try arguments.next("y", default: 2)
    try arguments.finish()
    return (x, y)
  }
}

nonisolated let add = Task_add()

@section("celeriac_tasks") @used
private nonisolated let TaskRecord_add: CeleriacCore.TaskRecord = (
  kind: 0x6365_6C74, version: 1,
  accessor: { unsafe Task_add().register(into: $0) }, reserved: 0
)

private func secret(_ x: Int) {}

private nonisolated struct Task_secret: CeleriacCore.TaskHandle {
  let name = "linked.secret"
  let options = CeleriacCore.TaskOptions()
  let parameters: [CeleriacCore.TaskParameter] = [
    CeleriacCore.TaskParameter("x", type: "Int"),
  ]
  let source = CeleriacCore.SourceLocation(file: "Linked/Tasks.swift", line: 8)

  func s(_ x: Int) -> CeleriacCore.Signature<CeleriacCore.Nothing> {
    var call = CeleriacCore.CallArguments()
    call.append(x)
    return self.signature(call)
  }

  @discardableResult
  func delay(_ x: Int) async throws -> CeleriacCore.TaskResult<CeleriacCore.Nothing> {
    try await self.s(x).delay()
  }

  func run(
    _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
  ) async throws -> CeleriacCore.Nothing {
    let function: @concurrent (Int) async throws -> Void = secret(_:)
    let x = try self.read(arguments)
    try await function(x)
    return CeleriacCore.Nothing()
  }

  func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
    _ = try self.read(arguments)
  }

  private func read(
    _ arguments: CeleriacCore.Arguments
  ) throws(CeleriacCore.ArgumentError) -> (Int) {
    var arguments = arguments
    let x: Int = try arguments.next("x")
    try arguments.finish()
    return x
  }
}

private nonisolated let secret = Task_secret()

@section("celeriac_tasks") @used
private nonisolated let TaskRecord_secret: CeleriacCore.TaskRecord = (
  kind: 0x6365_6C74, version: 1,
  accessor: { unsafe Task_secret().register(into: $0) }, reserved: 0
)

public enum Post {
  public static func send(_ context: TaskContext, to address: String) async throws -> String { address }

  public nonisolated struct Task_send: CeleriacCore.TaskHandle {
    public let name = "Linked.Post.send"
    public let options = CeleriacCore.TaskOptions(queue: "mail", retry: .fixed(attempts: 3))
    public let parameters: [CeleriacCore.TaskParameter] = [
      CeleriacCore.TaskParameter("to", type: "String"),
    ]
    public let source = CeleriacCore.SourceLocation(file: "Linked/Tasks.swift", line: 12)

    public func s(to address: String) -> CeleriacCore.Signature<String> {
      var call = CeleriacCore.CallArguments()
      call.append(address, for: "to")
      return self.signature(call)
    }

    @discardableResult
    public func delay(to address: String) async throws -> CeleriacCore.TaskResult<String> {
      try await self.s(to: address).delay()
    }

    public func run(
      _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
    ) async throws -> String {
      let function: @concurrent (CeleriacCore.TaskContext, String) async throws -> String = send(_:to:)
      let address = try self.read(arguments)
      return try await function(context, address)
    }

    public func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
      _ = try self.read(arguments)
    }

    private func read(
      _ arguments: CeleriacCore.Arguments
    ) throws(CeleriacCore.ArgumentError) -> (String) {
      var arguments = arguments
      let address: String = try arguments.next("to")
      try arguments.finish()
      return address
    }
  }

  public nonisolated static let send = Task_send()

  @section("celeriac_tasks") @used
  private nonisolated static let TaskRecord_send: CeleriacCore.TaskRecord = (
    kind: 0x6365_6C74, version: 1,
    accessor: { unsafe Task_send().register(into: $0) }, reserved: 0
  )
}

func tick() async {}

nonisolated struct Task_tick: CeleriacCore.TaskHandle {
  let name = "Linked.tick"
  let options = CeleriacCore.TaskOptions()
  let parameters: [CeleriacCore.TaskParameter] = []
  let periodic: CeleriacCore.PeriodicOptions? = CeleriacCore.PeriodicOptions(.every(.seconds(30)))
  let source = CeleriacCore.SourceLocation(file: "Linked/Tasks.swift", line: 15)

  func s() -> CeleriacCore.Signature<CeleriacCore.Nothing> {
    self.signature(CeleriacCore.CallArguments())
  }

  @discardableResult
  func delay() async throws -> CeleriacCore.TaskResult<CeleriacCore.Nothing> {
    try await self.s().delay()
  }

  func run(
    _ context: CeleriacCore.TaskContext, _ arguments: CeleriacCore.Arguments
  ) async throws -> CeleriacCore.Nothing {
    let function: @concurrent () async throws -> Void = tick
    try arguments.finish()
    try await function()
    return CeleriacCore.Nothing()
  }

  func check(_ arguments: CeleriacCore.Arguments) throws(CeleriacCore.ArgumentError) {
    try arguments.finish()
  }
}

nonisolated let tick = Task_tick()

@section("celeriac_tasks") @used
private nonisolated let TaskRecord_tick: CeleriacCore.TaskRecord = (
  kind: 0x6365_6C74, version: 1,
  accessor: { unsafe Task_tick().register(into: $0) }, reserved: 0
)
