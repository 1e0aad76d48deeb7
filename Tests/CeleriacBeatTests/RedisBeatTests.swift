import CeleriacCore
import CeleriacRedis
import CeleriacSchedule
import Logging
import TestSupport
import Testing

@testable import CeleriacBeat

/// Beats over a real Redis, in real time.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct RedisBeatTests {
  private static let rhythm = Schedule.every(.milliseconds(100))
  private static let nothingLost = MissedPolicy.all(within: .seconds(600))

  private func beat(
    _ server: RedisServer, _ table: Timetable, _ log: LogRecorder
  ) throws -> Beat {
    Beat(queue: try .redis(server.url), timetable: table, logger: log.logger)
  }

  /// The due instants of all lines of a message, in order.
  private func instants(_ message: String, in logs: LogRecorder...) -> [Timestamp] {
    logs.flatMap(\.lines).filter { $0.message == message }
      .map { Timestamp($0.metadata["due"]?.description ?? "") }.sorted()
  }

  private func expectNoGaps(_ instants: [Timestamp]) {
    for (earlier, later) in zip(instants, instants.dropFirst()) {
      #expect(later - earlier == .milliseconds(100))
    }
  }

  @Test func `two beats fire each instant of three seconds once`() async throws {
    let server = try await RedisServer.start()
    let table = try Timetable.of(Self.rhythm, missed: Self.nothingLost)
    let (first, second) = (LogRecorder(), LogRecorder())

    try await withRunning(beat(server, table, first), beat(server, table, second)) {
      try await until { instants("entry fired", in: first, second).count >= 30 }
    }

    let fired = instants("entry fired", in: first, second)
    expectNoGaps(fired)
    #expect(Set(fired).count == fired.count)
    #expect(try await TaskQueue.redis(server.url).broker.length(of: .default) == fired.count)
    let lags = (first.lines + second.lines).compactMap { $0.metadata["lag_ms"] }
      .compactMap { Double($0.description) }.sorted()
    #expect(try #require(lags.first) >= 0, "no firing comes early")
    #expect(lags[lags.count / 2] < 50, "a firing comes on time")
  }

  @Test func `a beat that starts again finds what was missed`() async throws {
    let server = try await RedisServer.start()
    let queue = try TaskQueue.redis(server.url)
    let start = SystemWallClock().now()
    let entries = [
      BeatEntry("all", .every(.seconds(60)), missed: .all(within: .seconds(150))) { tick.s() },
      BeatEntry("once", .every(.seconds(60)), missed: .once) { tick.s() },
      BeatEntry("skip", .every(.seconds(60)), missed: .skip) { tick.s() },
    ]
    for entry in entries {
      // The instants were 4 min 30 s, 3 min 30 s, 2 min 30 s, 1 min 30 s and 30 s ago.
      _ = try await queue.broker.beatState(of: entry.id, startingAt: start - .seconds(330))
    }
    let log = LogRecorder()

    try await withRunning(beat(server, try Timetable(entries), log)) {
      try await until {
        instants("entry fired", in: log).count >= 3
          && log.messages().contains("missed times left out")
      }
    }

    let fired = log.lines.filter { $0.message == "entry fired" }
      .map { "\($0.metadata["entry"] ?? "")" }.sorted()
    #expect(fired == ["all", "all", "once"])
    let leftOut = log.lines.filter { $0.message == "missed times left out" }
    #expect(leftOut.map { $0.metadata["entry"] } == ["skip"])
    let once = try #require(log.lines.first { $0.metadata["entry"] == "once" })
    #expect(once.metadata["missed_since"] != nil)
    #expect(try await queue.broker.length(of: .default) == 3)
  }

  @Test func `no instant is lost or doubled when redis is killed and comes back`() async throws {
    let server = try await RedisServer.start()
    let table = try Timetable.of(Self.rhythm, missed: Self.nothingLost)
    let (first, second) = (LogRecorder(), LogRecorder())
    let clock = SystemWallClock()

    try await withRunning(beat(server, table, first), beat(server, table, second)) {
      for count in [5, 15, 25] {
        try await until { instants("entry fired", in: first, second).count >= count }
        server.kill()
        try await clock.sleep(until: clock.now() + .milliseconds(20 * count))
        try await server.restart()
      }
      try await until {
        instants("entry fired", in: first, second).count >= 60
      }
    }

    // A firing whose answer was lost is known from the attempt after it.
    let fired = instants("entry fired", in: first, second)
    let settled = Set(fired + instants("entry was fired before", in: first, second)).sorted()
    #expect(Set(fired).count == fired.count)
    expectNoGaps(settled)
    #expect(try await TaskQueue.redis(server.url).broker.length(of: .default) == settled.count)
  }

  @Test func `a beat stops at once while redis hangs`() async throws {
    let server = try await RedisServer.start()
    let log = LogRecorder()
    let clock = ContinuousClock()
    var asked = clock.now

    try await withRunning(beat(server, try .of(Self.rhythm), log)) {
      try await until { instants("entry fired", in: log).count >= 2 }
      server.pause()
      try await SystemWallClock().sleep(until: SystemWallClock().now() + .milliseconds(300))
      asked = clock.now
    }

    #expect(clock.now - asked < .milliseconds(500))
    server.resume()
  }

  @Test func `a wrong password ends the beat at its start`() async throws {
    let server = try await RedisServer.start(password: "right")
    let queue = try TaskQueue.redis(server.url(password: "wrong"))
    let beat = Beat(
      queue: queue, timetable: try .of(Self.rhythm), logger: LogRecorder().logger)

    let error = await #expect(throws: BrokerError.self) { try await beat.run() }

    #expect(error?.code == .refused)
  }
}
