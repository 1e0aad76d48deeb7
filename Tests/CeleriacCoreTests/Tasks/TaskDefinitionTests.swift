@testable import CeleriacCore
import CeleriacTesting
import Logging
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TaskDefinitionTests {
  private let add = TaskDefinition("math.add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y }

  @Test func `a definition runs here like the function it is`() async throws {
    #expect(try await add(2, 2) == 4)
  }

  @Test func `delay sends a call of it`() async throws {
    let queue = TaskQueue.memory()

    let result = try await withTaskQueue(queue) { try await add.delay(2, 3) }

    let call = try await queue.firstCall()
    #expect(call.task == "math.add")
    #expect(call.id == result.id)
    #expect(String(decoding: call.body.argsText, as: UTF8.self) == "[2, 3]")
    #expect(String(decoding: call.body.kwargsText, as: UTF8.self) == "{}")
  }

  @Test(arguments: [
    ("[2, 3]", "{}"), ("[2]", #"{"y": 3}"#), ("[]", #"{"y": 3, "x": 2}"#), ("[2.0, 3]", "{}"),
  ])
  func `arguments bind as in Python`(args: String, kwargs: String) async throws {
    let arguments = try Arguments(args: args, kwargs: kwargs)

    #expect(try await add.run(.test(), arguments) == 5)
    #expect(throws: Never.self) { try add.check(arguments) }
  }

  @Test(
    arguments: [
      ("[]", "{}", "argument 'x' is missing", .missing),
      ("[1]", "{}", "argument 'y' is missing", .missing),
      ("[1, \"2\"]", "{}", "argument 'y' expected Int, found a string", .wrongType),
      ("[1, null]", "{}", "argument 'y' expected Int, found null", .wrongType),
      ("[1.5, 2]", "{}", "argument 'x' expected Int, found a number", .wrongType),
      ("[1, 2, 3]", "{}", "3 positional arguments were given, 2 are taken", .unexpected),
      ("[1, 2]", #"{"z": 3}"#, "there is no parameter 'z'", .unexpected),
      ("[1, 2]", #"{"x": 3}"#, "argument 'x' is given twice", .unexpected),
      ("[1]", #"{"x": 3}"#, "argument 'x' is given twice", .unexpected),
    ] as [(String, String, String, ArgumentError.Code)])
  func `what does not fit is refused, and says what`(
    args: String, kwargs: String, description: String, code: ArgumentError.Code
  ) async throws {
    let arguments = try Arguments(args: args, kwargs: kwargs)

    let error = #expect(throws: ArgumentError.self) { try add.check(arguments) }

    #expect(error?.description == description)
    #expect(error?.code == code)
    await #expect(throws: ArgumentError.self) { try await add.run(.test(), arguments) }
  }

  @Test(arguments: [
    ("", "{}"), ("{}", "{}"), ("[1", "{}"), ("[1]", "[]"), ("[1]]", "{}"), ("5", "{}"),
  ])
  func `arguments in text have to be an array and an object`(args: String, kwargs: String) {
    let error = #expect(throws: ArgumentError.self) { try Arguments(args: args, kwargs: kwargs) }

    #expect(error?.code == .unreadable)
  }

  @Test func `an optional argument may be null, but is left out only for a default`() throws {
    var arguments = try Arguments(args: "[1, null]")

    #expect(try arguments.next("a", as: Int.self) == 1)
    #expect(try arguments.next("b", as: Int?.self) == nil)
    #expect(try arguments.next("c", as: [Int].self, default: [7]) == [7])
    let error = #expect(throws: ArgumentError.self) { try arguments.next("d", as: Int?.self) }
    #expect(error?.description == "argument 'd' is missing")
  }

  @Test func `a task of two parameters without labels counts them`() {
    let task = TaskDefinition("t", labels: ["first"]) { (_: Int, _: String?) in 1 }

    #expect(task.parameters.map(\.name) == ["first", "arg1"])
    #expect(task.parameters.map(\.type) == ["Int", "Optional<String>"])
  }

  @Test func `a task without result returns null`() async throws {
    let task = TaskDefinition("t") { (_: Int) in }
    let arguments = try Arguments(args: "[1]")

    #expect(try await task(1) == Nothing())
    #expect(try await RegisteredTask(task).run(.test(), arguments) == JSONText.null)
  }

  @Test func `a value that cannot be encoded fails when it is sent`() async throws {
    struct Broken: Codable {
      init() {}
      init(from decoder: any Decoder) throws {}
      func encode(to encoder: any Encoder) throws {
        throw EncodingError.invalidValue(self, .init(codingPath: [], debugDescription: "broken"))
      }
    }
    let task = TaskDefinition("t") { (_: Broken) in 1 }
    let queue = TaskQueue.memory()

    let signature = task.s(Broken())

    let error = await #expect(throws: ArgumentError.self) { try await queue.send(signature) }
    #expect(error?.code == .wrongType)
    #expect(try await queue.broker.length(of: .default) == 0)
  }

  @Test func `a remote task is sent by its name`() async throws {
    let resize = RemoteTask<String, Int, String>(
      "images.resize", options: TaskOptions(queue: "images"))
    let queue = TaskQueue.memory()

    try await withTaskQueue(queue) { try await resize.delay("cat.jpg", 640) }

    let call = try await queue.firstCall(in: "images")
    #expect(call.task == "images.resize")
    #expect(String(decoding: call.body.argsText, as: UTF8.self) == #"["cat.jpg", 640]"#)
  }

  @Test func `two tasks of one name are refused, both places named`() throws {
    let first = TaskDefinition("a.b", file: "App/One.swift", line: 3) { (x: Int) in x }
    let second = TaskDefinition("a.b", file: "App/Two.swift", line: 5) { (x: Int) in x }

    let error = #expect(throws: DuplicateTaskError.self) {
      try TaskRegistry([RegisteredTask(first), RegisteredTask(second)])
    }

    #expect(error?.name == "a.b")
    #expect(error?.description.contains("App/One.swift:3 and at App/Two.swift:5") == true)
  }

  @Test func `a registry finds tasks by name`() throws {
    let other = TaskDefinition("a.other") { 1 }

    let registry = try TaskRegistry([RegisteredTask(add), RegisteredTask(other)])

    #expect(registry["math.add"]?.handle.source.file.hasSuffix("TaskDefinitionTests.swift") == true)
    #expect(registry["nope"] == nil)
    #expect(registry.all.map(\.name) == ["a.other", "math.add"])
    #expect(registry.periodic.isEmpty)
  }
}

extension TaskContext {
  static func test(_ bytes: [UInt8] = .message()) throws -> TaskContext {
    TaskContext(
      call: try TaskCall(message: bytes), logger: Logger(label: "test"), deadline: nil,
      report: { _, _, _ in })
  }
}

extension TaskQueue {
  /// The next call that waits in the memory broker of this queue.
  func firstCall(in name: QueueName = .default) async throws -> TaskCall {
    let memory = try #require(broker as? MemoryBroker)
    return try TaskCall(message: try #require(memory.waiting(in: name).first))
  }
}
