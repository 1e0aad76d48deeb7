import Glibc
import TestSupport
import Testing

/// Calls that wait for their time, in Redis and not in a worker's memory.
@Suite(.timeLimit(.minutes(40)), .serialized)
struct ETATests {
  @Test func `many calls with a time of their own start then, once, and cost a worker nothing`()
    async throws
  {
    let (count, perSecond) = (Depth.of(20_000, full: 1_000_000), Depth.of(600, full: 1000))
    let world = try await World()
    let worker = try world.work(concurrency: 8, prefetch: 32, url: world.server.url)
    // A worker that has just begun grows for reasons of its own.
    try await world.send(Call.many(2000, "warm"))
    #expect(
      try await eventually(.seconds(30), every: .milliseconds(20)) { try await world.isSettled() })
    let pid = try #require(worker.pid)
    let before = memory(of: pid)
    let first = Clock.microseconds + Depth.of(32, full: 900) * 1_000_000
    let calls = (0..<count).map { number in
      Call(
        id: "eta\(number)", kind: .run(milliseconds: 0),
        eta: first + number * 1_000_000 / perSecond)
    }

    try await world.send(calls.shuffled())
    var highest = before
    var scheduled = 0
    while true {
      let later = try await world.redis.integer("ZCARD", "celeriac:scheduled:celery")
      let now = try await world.redis.integer("LLEN", "celery")
      guard later + now > 0 else { break }
      scheduled = max(scheduled, later)
      highest = max(highest, memory(of: pid))
      try await Task.sleep(for: .milliseconds(100))
    }
    let verdict = try await world.conclude(within: .seconds(60))
    let starts = Dictionary(
      world.runs.filter { $0.kind == .start }.map { ($0.id, $0.time) }, uniquingKeysWith: min)
    let delays = calls.compactMap { call in
      call.eta.flatMap { eta in starts[call.id].map { $0 - eta } }
    }
    .sorted()
    let at = { (share: Double) in Double(delays[Int(Double(delays.count - 1) * share)]) / 1000 }

    print(
      "figure: ETA: \(verdict.figure); \(scheduled) scheduled at once; late by ms: p50 \(at(0.5)), "
        + "p99 \(at(0.99)), p99.9 \(at(0.999)), worst \(at(1)); worker RSS \(before) kB before, "
        + "\(highest) kB at most")
    #expect(verdict.broken == [])
    #expect(verdict.repeated == 0)
    #expect(at(0.99) < 100)
    // Those that a loaded machine keeps waiting are late for another reason.
    #expect(at(1) < 1000)
    #expect(highest - before < 4096)
  }

  // Resident set, kB.
  private func memory(of pid: pid_t) -> Int {
    guard let file = fopen("/proc/\(pid)/status", "r") else { return 0 }
    defer { fclose(file) }
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = fread(&buffer, 1, buffer.count, file)
    let lines = String(decoding: buffer[..<count], as: UTF8.self).split(separator: "\n")
    let line = lines.first { $0.hasPrefix("VmRSS:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
  }
}
