import Celeriac
import CeleriacCore
import Testing

@Task private func add(_ x: Int, _ y: Int) -> Int { x + y }

@Task private func greet(_ name: String, in language: String = "en", `for` times: Int? = 1)
  -> String
{
  "\(language) \(name) \(times ?? 0)"
}

@Task private func scale(by factor: Double, _ values: [Double]) async -> [Double] {
  values.map { $0 * factor }
}

@Task private func tell(_ context: TaskContext, _ word: String) -> String {
  "\(word) \(context.id.description)"
}

@Task private func tellNothing(context: TaskContext) async {}

private struct Odd: Error, Equatable {}

@Task private func half(_ x: Int) throws(Odd) -> Int {
  guard x.isMultiple(of: 2) else { throw Odd() }
  return x / 2
}

@Task private func maybe(_ x: Int?) -> Int? { x }

@MainActor private var drawn: [Int] = []

@Task @MainActor private func draw(_ x: Int) { drawn.append(x) }

@Task private func delay(_ delay: Int, call: Int, arguments: Int, context: Int) -> [Int] {
  [delay, call, arguments, context]
}

@Task private func run() async -> String { "ran" }

private enum Post {
  @Task static func check(_ x: Int) -> Int { x + 1 }
}

@Suite(.timeLimit(.minutes(1)))
struct TaskTests {
  @Test func `called by its name, a task runs here`() throws {
    #expect(add(2, 2) == 4)
    #expect(greet("Ada") == "en Ada 1")
    #expect([1, 2].map(Post.check) == [2, 3])
  }

  @Test func `delay sends a call that a worker runs`() async throws {
    let sent = try await SentCall { try await add.delay(2, 2) }

    #expect(sent.call.task == "CeleriacTests.add")
    #expect(sent.args == "[2, 2]")
    #expect(sent.kwargs == "{}")
    #expect(try await sent.run() == "4")
  }

  @Test func `a signature is a call for later`() async throws {
    let signature = add.s(2, 3).on(queue: "slow")
    let sent = try await SentCall(to: "slow") { try await signature.delay() }

    #expect(try await sent.run() == "5")
  }

  @Test func `labels travel as keywords, and defaults are the caller's`() async throws {
    let sent = try await SentCall { try await greet.delay("Ada", for: nil) }

    #expect(sent.args == "[\"Ada\"]")
    #expect(sent.kwargs == "{\"in\": \"en\", \"for\": null}")
    #expect(try await sent.run() == "\"en Ada 0\"")
  }

  @Test func `a parameter after a labelled one travels by its name`() async throws {
    let sent = try await SentCall { try await scale.delay(by: 2, [1, 2.5]) }

    #expect(sent.args == "[]")
    #expect(sent.kwargs == "{\"by\": 2.0, \"values\": [1.0, 2.5]}")
    #expect(try await sent.run() == "[2.0, 5.0]")
  }

  @Test func `the context is filled in and no argument`() async throws {
    let sent = try await SentCall { try await tell.delay("id") }

    #expect(sent.args == "[\"id\"]")
    #expect(tell.parameters.map(\.name) == ["word"])
    #expect(try await sent.run() == "\"id \(sent.call.id.description)\"")
  }

  @Test func `a task that returns nothing gives null`() async throws {
    let sent = try await SentCall { try await tellNothing.delay() }

    #expect(sent.args == "[]")
    #expect(try await sent.run() == "null")
  }

  @Test func `what a task throws arrives as it is`() async throws {
    let sent = try await SentCall { try await half.delay(3) }

    await #expect(throws: Odd()) { try await sent.run() }
  }

  @Test func `an optional result may be null`() async throws {
    let sent = try await SentCall { try await maybe.delay(nil) }

    #expect(try await sent.run() == "null")
  }

  @Test func `an actor's task runs on its actor`() async throws {
    let sent = try await SentCall { try await draw.delay(7) }

    #expect(try await sent.run() == "null")
    #expect(await drawn == [7])
  }

  @Test func `names that the handle uses itself are free to be used`() async throws {
    let sent = try await SentCall {
      try await delay.delay(1, call: 2, arguments: 3, context: 4)
    }
    #expect(try await sent.run() == "[1, 2, 3, 4]")

    let other = try await SentCall { try await run.delay() }
    #expect(try await other.run() == "\"ran\"")

    let member = try await SentCall { try await Post.check.delay(1) }
    #expect(member.call.task == "CeleriacTests.Post.check")
    #expect(try await member.run() == "2")
  }
}
