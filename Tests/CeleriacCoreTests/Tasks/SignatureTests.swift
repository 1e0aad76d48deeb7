@testable import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Foundation
import Testing

/// What is said of a call on this side arrives on the other.
@Suite(.timeLimit(.minutes(1)))
struct SignatureTests {
  private let clock = TestClock()
  private let queue: TaskQueue
  private let task = RemoteTask<Int, Int>("t")

  init() {
    queue = .memory(clock: clock)
  }

  @Test func `every option lands in the message`() async throws {
    let signature = task.s(1).after(.seconds(10)).expires(after: .seconds(60)).on(queue: "slow")
      .priority(4).id("chosen").timeLimit(.soft(.milliseconds(7500))).ignoringResult()
      .header("tenant", "ann \"&\"")

    let result = try await queue.send(signature)

    let call = try await queue.firstCall(in: "slow")
    #expect(result.id == "chosen")
    #expect(call.id == "chosen")
    #expect(call.rootID == "chosen")
    #expect(call.parentID == nil)
    #expect(call.eta == clock.now() + .seconds(10))
    #expect(call.expires == clock.now() + .seconds(60))
    #expect(call.priority == 4)
    #expect(call.softTimeLimit == .milliseconds(7500))
    #expect(call.ignoresResult == true)
    #expect(call.attempt == 1)
    let message = try JSONDecoder().decode(JSONValue.self, from: Data(call.envelope.bytes))
    #expect(message["headers"]["tenant"].string == "ann \"&\"")
    #expect(message["properties"]["delivery_info"]["routing_key"].string == "slow")
  }

  @Test func `a plain call has nothing of all that`() async throws {
    try await queue.send(task.s(1))

    let call = try await queue.firstCall()
    #expect(call.eta == nil)
    #expect(call.expires == nil)
    #expect(call.softTimeLimit == nil)
    #expect(call.priority == 0)
    #expect(call.ignoresResult == false)
  }

  @Test func `times may be given as such`() async throws {
    let start = clock.now() + .seconds(3600)

    try await queue.send(task.s(1).at(start).expires(at: start + .seconds(1)))

    let call = try await queue.firstCall()
    #expect(call.eta == start)
    #expect(call.expires == start + .seconds(1))
  }

  @Test func `a call follows its task's options where it says nothing else`() async throws {
    let options = TaskOptions(
      queue: "mail", expires: .seconds(30), timeLimit: .seconds(5), priority: .low,
      result: .ignored)
    let task = RemoteTask<Int, Int>("t", options: options)

    try await queue.send(task.s(1))

    let call = try await queue.firstCall(in: "mail")
    #expect(call.expires == clock.now() + .seconds(30))
    #expect(call.softTimeLimit == .seconds(5))
    #expect(call.priority == 6)
    #expect(call.ignoresResult == true)
  }

  @Test func `an option makes a new signature and leaves the old one alone`() async throws {
    let plain = task.s(1)
    _ = plain.on(queue: "other").id("x")

    try await queue.send(plain)

    #expect(try await queue.firstCall().id != "x")
  }

  @Test func `calls sent together arrive together, in order`() async throws {
    let results = try await queue.send((1...3).map { task.s($0).id(TaskID("\($0)")) })

    let memory = try #require(queue.broker as? MemoryBroker)
    let ids = try memory.waiting().map { try TaskCall(message: $0).id }
    #expect(ids == ["1", "2", "3"])
    #expect(results.map(\.id) == ids)
  }

  @Test func `a call made in a task has that one as parent`() async throws {
    let context = try TaskContext.test(.message(headers: #""root_id": "root""#))

    try await TaskContext.$current.withValue(context) {
      _ = try await queue.send(task.s(1))
    }

    let call = try await queue.firstCall()
    #expect(call.parentID == context.id)
    #expect(call.rootID == "root")
  }

  @Test func `priorities stay between 0 and 9`() {
    #expect(TaskPriority(-5).level == 0)
    #expect(TaskPriority(99).level == 9)
  }
}
