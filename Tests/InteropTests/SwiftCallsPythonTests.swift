import CeleriacCore
import CeleriacRedis
import FoundationEssentials
import Testing
import TestSupport

/// Our client on one side, a real Celery worker on the other.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct SwiftCallsPythonTests {
  private func withPythonWorker(_ body: (TaskQueue) async throws -> Void) async throws {
    let server = try await RedisServer.start(.tcp)
    let worker = try PythonProcess(
      "interop_worker.sh", ["-c", "2"], environment: ["CELERIAC_TEST_BROKER": server.url])
    while try await worker.line() != "interop worker ready" {}
    let queue = try TaskQueue.redis(server.url)
    try await withTaskQueue(queue) { try await body(queue) }
    withExtendedLifetime(worker) {}
  }

  private let limit = Duration.seconds(30)

  @Test func `a Swift client gets four for two and two`() async throws {
    try await withPythonWorker { _ in
      let add = RemoteTask<Int, Int, Int>("interop.add")

      let sum = try await add.delay(2, 2).value(within: limit)

      #expect(sum == 4)
    }
  }

  @Test func `every type is Python's own there, and comes back`() async throws {
    try await withPythonWorker { _ in
      try await expectEcho("größe ✓ 🐝 \0", as: "str")
      try await expectEcho(String(repeating: "x", count: 1 << 20), as: "str")
      try await expectEcho(Int128(1) << 70, as: "int")
      try await expectEcho(Double.infinity, as: "float")
      try await expectEcho(1e-7, as: "float")
      try await expectEcho(true, as: "bool")
      try await expectEcho(Date(Timestamp(secondsSince1970: 1_768_000_000.25)), as: "datetime")
      try await expectEcho(UUID(), as: "UUID")
      try await expectEcho(try #require(Decimal(string: "1.25")), as: "Decimal")
      try await expectEcho(Data([0, 255, 254]), as: "bytes")
      try await expectEcho(["a": [[1, 2], []], "ä": []] as [String: [[Int]]], as: "dict")
      let nan = RemoteTask<Double, Double>("interop.echo")
      #expect(try await nan.delay(.nan).value(within: limit).isNaN)
    }
  }

  private struct PythonType: Codable, Sendable {
    let type: String
  }

  private func expectEcho<Value: Codable & Sendable & Equatable>(
    _ value: Value, as type: String
  ) async throws {
    let echo = RemoteTask<Value, Value>("interop.echo")
    let described = RemoteTask<Value, PythonType>("interop.type_of")

    #expect(try await echo.delay(value).value(within: limit) == value)
    #expect(try await described.delay(value).value(within: limit).type == type)
  }

  @Test func `a Python exception keeps class, message and traceback`() async throws {
    try await withPythonWorker { _ in
      let fail = RemoteTask<String, String, Int>("interop.fail")
      let result = try await fail.delay("ValueError", "boom")

      let failure = await #expect(throws: TaskFailure.self) {
        try await result.value(within: limit)
      }

      #expect(failure?.type == "ValueError")
      #expect(failure?.module == "builtins")
      #expect(failure?.message == "boom")
      #expect(failure?.traceback?.contains("Traceback") == true)
      #expect(try await result.state == .failure)
    }
  }

  @Test func `retries, countdowns and priorities are Celery's own`() async throws {
    try await withPythonWorker { queue in
      let retried = RemoteTask<Int, Int>("interop.retry_then_succeed")
      _ = try await retried.delay(2).value(within: limit)

      let add = RemoteTask<Int, Int, Int>("interop.add")
      let started = ContinuousClock.now
      let late = try await add.s(1, 1).after(.seconds(1)).priority(.lowest).delay()
      #expect(try await late.value(within: limit) == 2)
      #expect(ContinuousClock.now - started >= .seconds(1))

      let ignored = try await add.s(1, 1).ignoringResult().delay()
      await #expect(throws: TaskTimedOut.self) {
        try await ignored.value(within: .seconds(1))
      }
      let expired = try await add.s(1, 1).expires(after: .seconds(-5)).delay()
      await #expect(throws: TaskRevoked.self) { try await expired.value(within: limit) }
    }
  }

  @Test func `a result can be forgotten`() async throws {
    try await withPythonWorker { _ in
      let result = try await RemoteTask<Int, Int, Int>("interop.add").delay(2, 2)
      _ = try await result.value(within: limit)

      try await result.forget()

      #expect(try await result.state == .pending)
    }
  }
}
