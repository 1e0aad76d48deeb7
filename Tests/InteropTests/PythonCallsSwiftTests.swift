import CeleriacCore
import CeleriacRedis
import Testing
import TestSupport

/// A real Celery client on one side, our worker on the other.
@Suite(.timeLimit(.minutes(3)), .serialized)
struct PythonCallsSwiftTests {
  private func withClient(_ body: (CeleryClient, RedisServer) async throws -> Void) async throws {
    let server = try await RedisServer.start(.tcp)
    let client = try await CeleryClient(broker: server.url)
    try await withSwiftWorker(on: server.url) { try await body(client, server) }
  }

  @Test func `a Python client gets four for two and two`() async throws {
    try await withClient { client, _ in
      let reply = try await client.call("swift.add", ["2", "2"], expecting: "4")

      #expect(reply.ok?.matches == true)
    }
  }

  @Test func `arguments bind by name as in Python`() async throws {
    try await withClient { client, _ in
      let named = try await client.call(
        "swift.add", [], kwargs: ["y": "2", "x": "40"], expecting: "42")
      let mixed = try await client.call(
        "swift.add", ["40"], kwargs: ["y": "2"], expecting: "42")

      #expect(named.ok?.matches == true)
      #expect(mixed.ok?.matches == true)
    }
  }

  @Test func `every type comes back as it went`() async throws {
    let values: [(task: String, values: [String])] = [
      ("int", ["0", "-1", "2**53 + 1", "-2**63", "2**70"]),
      ("double", ["0.5", "-0.0", "1e-7", "1e300", "nan", "inf", "-inf", "0.1"]),
      ("string", ["''", "'größe ✓ 🐝'", "'a\"b\\\\c\\n\\t\\x00'", "'x' * 2**20"]),
      ("bool", ["True", "False"]),
      ("date", ["datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=utc)"]),
      ("uuid", ["UUID('12345678-1234-5678-1234-567812345678')"]),
      ("decimal", ["Decimal('1.25')", "Decimal('-12345678901234567890.5')"]),
      ("data", ["b'\\x00\\xff\\xfe'"]),
      ("optional", ["None", "7"]),
      ("nested", ["{'a': [[1, 2], []], 'ä': []}"]),
    ]
    try await withClient { client, _ in
      for (task, expressions) in values {
        for expression in expressions {
          let reply = try await client.call("swift.\(task)", [expression], expecting: expression)

          #expect(reply.ok?.matches == true, "\(task) \(expression): \(reply)")
        }
      }
    }
  }

  @Test func `a datetime is a Date in Swift`() async throws {
    try await withClient { client, _ in
      let reply = try await client.call(
        "swift.year", ["datetime(2031, 5, 6, tzinfo=utc)"], expecting: "2031")

      #expect(reply.ok?.matches == true)
    }
  }

  @Test func `a thrown error reaches Python with type, message and traceback`() async throws {
    try await withClient { client, _ in
      let reply = try await client.call("swift.fail")

      #expect(reply.error?.type == "Boom")
      #expect(reply.error?.args == ["boom"])
      #expect(reply.error?.traceback?.contains("SwiftWorker.swift") == true)
    }
  }

  @Test func `wrong arguments fail as a TypeError`() async throws {
    try await withClient { client, _ in
      let missing = try await client.call("swift.add", ["1"])
      let wrong = try await client.call("swift.add", ["1", "'two'"])

      #expect(missing.error?.type == "TypeError")
      #expect(missing.error?.args == ["argument 'y' is missing"])
      #expect(wrong.error?.type == "TypeError")
    }
  }

  @Test func `an unknown task fails as NotRegistered`() async throws {
    try await withClient { client, _ in
      let reply = try await client.call("swift.nobody")

      #expect(reply.error?.type == "NotRegistered")
    }
  }

  @Test func `a retried task succeeds in the end`() async throws {
    try await withClient { client, _ in
      let reply = try await client.call("swift.flaky", expecting: "3")

      #expect(reply.ok?.matches == true)
    }
  }

  @Test func `a countdown is waited for, an expired call is revoked`() async throws {
    try await withClient { client, _ in
      let started = ContinuousClock.now
      let later = try await client.call(
        "swift.add", ["1", "1"], options: ["countdown": 1.5], expecting: "2")

      #expect(later.ok?.matches == true)
      #expect(ContinuousClock.now - started >= .seconds(1.5))

      let expired = try await client.call("swift.add", ["1", "1"], options: ["expires": -5])
      #expect(expired.error?.type == "TaskRevokedError")
    }
  }

  @Test func `headers, priorities and soft limits arrive`() async throws {
    try await withClient { client, _ in
      let header = try await client.call(
        "swift.header", options: ["headers": ["color": "green"]], expecting: "'green'")
      let lowest = try await client.call(
        "swift.add", ["1", "2"], options: ["priority": 9], expecting: "3")
      let limited = try await client.call("swift.patient")

      #expect(header.ok?.matches == true)
      #expect(lowest.ok?.matches == true)
      #expect(limited.error?.type == "SoftTimeLimitExceeded")
    }
  }

  @Test func `an ignored result is not stored`() async throws {
    try await withClient { client, server in
      let ignored = try await client.send(
        "swift.add", ["1", "2"], options: ["ignore_result": true])
      // Taken after the first, by the same worker: once this is done, that one is.
      for _ in 0..<8 { _ = try await client.call("swift.add", ["1", "2"]) }

      #expect(try await client.state(ignored) == "PENDING")
    }
  }
}
