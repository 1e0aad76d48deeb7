import CeleriacRedis
import Synchronization
import TestSupport

/// The calls that a producer knows to be accepted.
final class Ledger: Sendable {
  private let calls = Mutex<[Call]>([])

  var all: [Call] { calls.withLock { $0 } }

  func accept(_ more: some Sequence<Call>) {
    calls.withLock { $0 += more }
  }
}

extension World {
  /// Waits until nothing is under way any more, stops the workers, and judges.
  func conclude(within limit: Duration = .seconds(45)) async throws -> Verdict {
    _ = try await eventually(limit, every: .milliseconds(50)) { try await isSettled() }
    try await stop()
    return Verdict(ledger.all, try await evidence())
  }

  /// Whether every call has an end and no message is anywhere.
  func isSettled() async throws -> Bool {
    guard try await messagesWaiting().isEmpty else { return false }
    let calls = ledger.all
    let buried = try await buried()
    let states = try await states(of: calls)
    let open = calls.filter { call in
      buried[call.id] == nil && !["SUCCESS", "FAILURE"].contains(states[call.id])
    }
    guard !open.isEmpty else { return true }
    let dead = dead
    let living = Set(runs.filter { $0.kind == .start && !dead.contains($0.pid) }.map(\.id))
    return open.allSatisfy { call in
      if call.acceptance == .unknown { return true }
      // No place holds it any more: it was acknowledged by a worker that died with it.
      return if case .early = call.kind { !dead.isEmpty && !living.contains(call.id) } else {
        false
      }
    }
  }

  func evidence() async throws -> Evidence {
    var evidence = Evidence()
    evidence.waiting = try await messagesWaiting()
    evidence.states = try await states(of: ledger.all)
    evidence.buried = try await buried()
    evidence.runs = runs
    evidence.dead = dead
    return evidence
  }

  /// Every list and set that holds messages, and how many.
  func messagesWaiting() async throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for pattern in ["celery", "celery\u{6}*", "celeriac:loan:*", "celeriac:suspects:*"] {
      for key in try await redis.keys(pattern) {
        counts[key] = try await messageCount(in: key)
      }
    }
    for key in try await redis.keys("celeriac:scheduled:*") {
      counts[key] = try await redis.integer("ZCARD", key)
    }
    return counts.filter { $0.value > 0 }
  }

  private func messageCount(in list: String) async throws -> Int {
    guard list.hasPrefix("celeriac:loan:") else { return try await redis.integer("LLEN", list) }
    // A tombstone is no message.
    let messages = try await redis("LRANGE", list, "0", "-1").array ?? []
    return messages.count { $0.bytes?.first != 0 }
  }

  private func states(of calls: [Call]) async throws -> [String: String] {
    var states: [String: String] = [:]
    for start in stride(from: 0, to: calls.count, by: 1000) {
      let part = calls[start..<min(start + 1000, calls.count)]
      let records =
        try await redis(["MGET"] + part.map { "celery-task-meta-\($0.id)" }).array ?? []
      for (call, record) in zip(part, records) {
        guard let text = record.text, let found = text.firstRange(of: #""status": ""#) else {
          continue
        }
        states[call.id] = String(text[found.upperBound...].prefix { $0 != "\"" })
      }
    }
    return states
  }

  private func buried() async throws -> [String: String] {
    var buried: [String: String] = [:]
    for entry in try await redis("XRANGE", "celeriac:dead", "-", "+").array ?? [] {
      let fields = entry.array?.last?.array?.compactMap(\.text) ?? []
      let values = Dictionary(
        stride(from: 0, to: fields.count - 1, by: 2).map { (fields[$0], fields[$0 + 1]) }
      ) { $1 }
      guard let message = values["message"], let found = message.firstRange(of: #""id": ""#) else {
        continue
      }
      buried[String(message[found.upperBound...].prefix { $0 != "\"" })] = values["reason"] ?? ""
    }
    return buried
  }
}
