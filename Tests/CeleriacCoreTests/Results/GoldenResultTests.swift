@testable import CeleriacCore
import CeleriacSchedule
import Foundation
import Testing

/// What Celeriac understands in the results that a real Celery has stored.
@Suite(.timeLimit(.minutes(1)))
struct GoldenResultTests {
  private static let successes = inState("SUCCESS")
  private static let failures = inState("FAILURE")
  private static let revocations = inState("REVOKED")

  private static func inState(_ state: String) -> [Fixture] {
    Fixtures.results.filter { $0.expected["status"].string == state }
  }

  @Test func `there are golden files of every state`() {
    #expect(Self.successes.count > 30)
    #expect(Self.failures.count > 10)
    #expect(Self.revocations.count == 3)
  }

  @Test(arguments: Fixtures.results)
  func `state and traceback are read`(_ fixture: Fixture) throws {
    let record = try ResultRecord(fixture.bytes)

    #expect(record.bytes == fixture.bytes)
    #expect(record.state.rawValue == fixture.expected["status"].string)
    #expect(record.traceback == fixture.expected["traceback"].string)
    #expect(record.state.isFinal == (fixture.expected["dateDone"] != .null))
  }

  @Test(arguments: successes)
  func `a value arrives as what was returned`(_ fixture: Fixture) async throws {
    let result = try await stored(fixture, as: WireValue.self)

    let value = try await result.value(within: .seconds(10))

    #expect(value.matches(fixture.expected["result"]), "\(value)")
    #expect(try await result.state == .success)
  }

  @Test(arguments: failures)
  func `a failure keeps class, module, message and traceback`(_ fixture: Fixture) async throws {
    let result = try await stored(fixture, as: WireValue.self)
    let exception = fixture.expected["exception"]

    let error = await #expect(throws: TaskFailure.self) {
      try await result.value(within: .seconds(10))
    }

    #expect(error?.id == result.id)
    #expect(error?.type == exception["type"].string)
    #expect(error?.module == exception["module"].string)
    #expect(error?.traceback == fixture.expected["traceback"].string)
    let arguments = exception["message"]["list"].array
      .compactMap { $0["string"].string ?? $0["int"].string }
    #expect(error?.message == arguments.joined(separator: ", "))
  }

  @Test(arguments: revocations)
  func `a revocation says why`(_ fixture: Fixture) async throws {
    let result = try await stored(fixture, as: WireValue.self)
    let reason = fixture.expected["exception"]["message"]["list"].array.first?["string"].string

    let error = await #expect(throws: TaskRevoked.self) {
      try await result.value(within: .seconds(10))
    }

    #expect(error?.reason == reason)
  }

  @Test func `progress is read while the task runs`() async throws {
    struct Progress: Codable { var done: Int, of: Int }
    let result = try await stored(Fixtures.result("progress"), as: String.self)

    let progress = try await result.progress(as: Progress.self)

    #expect(try await result.state == .progress)
    #expect(progress?.done == 3)
    #expect(progress?.of == 10)
  }

  @Test func `a task that has started has no progress yet`() async throws {
    let result = try await stored(Fixtures.result("started"), as: String.self)

    #expect(try await result.state == .started)
    #expect(try await result.progress(as: Int.self) == nil)
  }

  @Test func `a retry is not the end`() async throws {
    for name in ["retry-cause", "retry-no-cause"] {
      let result = try await stored(Fixtures.result(name), as: String.self)

      #expect(try await result.state == .retry)
      await #expect(throws: TaskTimedOut.self) {
        try await result.value(within: .milliseconds(10))
      }
    }
  }

  private func stored<Output: Codable & Sendable>(
    _ fixture: Fixture, as type: Output.Type
  ) async throws -> TaskResult<Output> {
    let id = TaskID(try #require(fixture.expected["taskID"].string))
    let state = TaskState(rawValue: try #require(fixture.expected["status"].string))
    let queue = TaskQueue.memory()
    try await queue.results.store(
      ResultWrite(id: id, state: state, bytes: fixture.bytes, expiry: .seconds(60)))
    return TaskResult(id: id, in: queue)
  }
}
