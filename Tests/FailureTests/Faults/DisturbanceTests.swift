import CeleriacCore
import CeleriacRedis
import TestSupport
import Testing

/// Redis, and the way to it, in trouble: no worker dies, so nothing may be lost or run twice.
@Suite(.timeLimit(.minutes(5)), .serialized)
struct DisturbanceTests {
  @Test func `whatever befalls Redis, each call runs once, and work goes on at once`() async throws
  {
    let ends = try await inParallel(4, Disturbance.all) { disturbance in
      (disturbance, try await endure(disturbance))
    }

    for (disturbance, end) in ends {
      print(
        "figure: \(disturbance.name): \(end.verdict.figure); "
          + "work goes on \(end.pause.formatted) after")
      #expect(end.verdict.broken == [], "\(disturbance.name)")
      #expect(end.verdict.repeated == 0, "\(disturbance.name)")
      #expect(end.pause < disturbance.patience, "\(disturbance.name)")
    }
  }

  private func endure(
    _ disturbance: Disturbance
  ) async throws -> (verdict: Verdict, pause: Duration) {
    let world = try await World()
    // Some that end meanwhile, some that go on all the time, and more than can run.
    try await world.send(Call.many(4, "long", milliseconds: 5000))
    try await world.send(Call.many(600, "short", milliseconds: 20))
    let probe = try await world.encoded(.run("probe"))
    for _ in 1...2 { try world.work(concurrency: 4, prefetch: 8) }
    #expect(try await eventually { world.runs.ends.count >= 20 })

    try await disturbance.befall(world)

    let pause = try await world.pause(before: probe)
    return (try await world.conclude(within: .seconds(60)), pause)
  }
}

extension World {
  /// A message as it lies in a list, to be put there without a producer.
  func encoded(_ call: Call) async throws -> EncodedCall {
    try await queue.send(call.signature.on(queue: "spare"))
    let message = try #require(try await redis("RPOP", "spare").text)
    return EncodedCall(call: call, message: message)
  }

  /// Puts a message first in line and returns how long it takes until it runs.
  func pause(before probe: EncodedCall, at socket: String? = nil) async throws -> Duration {
    let start = ContinuousClock.now
    let client = try #require(PlainClient(socket ?? server.socketPath))
    try #require(client.ask(["RPUSH", "celery", probe.message]) ?? 0 > 0)
    ledger.accept([probe.call])
    #expect(try await eventually(.seconds(40)) { runs.contains { $0.id == probe.call.id } })
    return start.duration(to: .now)
  }
}

/// A call whose message nobody has sent yet.
struct EncodedCall: Sendable {
  let call: Call
  let message: String
}
