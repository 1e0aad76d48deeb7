import Testing

@testable import CeleriacRedis

private let start = ContinuousClock.now
private let broken = RedisError(.connectionLost, "redis", "broken")
private let refused = RedisError(.refused, "redis", "wrong password")

@Suite(.timeLimit(.minutes(1)))
struct ConnectionMachineTests {
  enum Stage: CaseIterable {
    case idle, connecting, handshaking, ready, waiting, closed
  }

  /// A machine that has never been ready, except in the stage `ready`.
  private func machine(in stage: Stage) -> ConnectionMachine {
    var machine = ConnectionMachine(backoff: Backoff())
    let path: [ConnectionMachine.Event] =
      switch stage {
      case .idle: []
      case .connecting: [.start]
      case .handshaking: [.start, .opened]
      case .ready: [.start, .opened, .accepted]
      case .waiting: [.start, .lost(broken)]
      case .closed: [.close]
      }
    for event in path { _ = machine.receive(event, at: start, jitter: 0) }
    return machine
  }

  private static let events: [ConnectionMachine.Event] = [
    .start, .opened, .accepted, .rejected(refused), .lost(broken), .timeToRetry, .close,
  ]

  /// What each event leads to in each stage, in the order of `events`; `-` where nothing changes.
  private static let table: [Stage: [String]] = [
    .idle: ["connect 1", "-", "-", "-", "-", "-", "end"],
    .connecting: ["-", "shakeHands", "-", "give up", "wait", "-", "end"],
    .handshaking: ["-", "-", "serve", "give up", "wait", "-", "end"],
    .ready: ["-", "-", "-", "wait", "wait", "-", "end"],
    .waiting: ["-", "-", "-", "-", "-", "connect 2", "end"],
    .closed: ["-", "-", "-", "-", "-", "-", "-"],
  ]

  private func name(_ action: ConnectionMachine.Action) -> String {
    switch action {
    case .none: "-"
    case .connect(let attempt): "connect \(attempt)"
    case .shakeHands: "shakeHands"
    case .serve: "serve"
    case .wait: "wait"
    case .end(nil): "end"
    case .end: "give up"
    }
  }

  @Test(arguments: Stage.allCases) func `every event has its answer in every state`(
    _ stage: Stage
  ) throws {
    let answers = try #require(Self.table[stage])

    for (event, answer) in zip(Self.events, answers) {
      let before = machine(in: stage)
      var after = before
      let action = after.receive(event, at: start, jitter: 0)

      #expect(name(action) == answer, "\(stage), \(event)")
      #expect((after == before) == (answer == "-"), "\(stage), \(event)")
    }
  }

  @Test func `an outage is announced once`() {
    var machine = machine(in: .ready)
    var announced: [ConnectionMachine.Announcement] = []

    for event in [
      .lost(broken), .timeToRetry, .lost(broken), .timeToRetry, .opened, .lost(broken),
    ] as [ConnectionMachine.Event] {
      let action = machine.receive(event, at: start + .seconds(60), jitter: 1)
      if case .wait(_, _, let announcement) = action { announced.append(announcement) }
    }

    #expect(announced == [.outageBegins, .outageGoesOn, .outageGoesOn])
  }

  @Test func `a server that accepts and drops is asked ever more slowly`() {
    var machine = ConnectionMachine(backoff: Backoff(base: .milliseconds(50), cap: .seconds(1)))
    var now = start
    _ = machine.receive(.start, at: now, jitter: 1)
    var waits: [Duration] = []

    for _ in 1...7 {
      _ = machine.receive(.opened, at: now, jitter: 1)
      _ = machine.receive(.accepted, at: now, jitter: 1)
      guard case .wait(let until, _, _) = machine.receive(.lost(broken), at: now, jitter: 1) else {
        Issue.record("a lost connection does not wait")
        return
      }
      waits.append(now.duration(to: until))
      now = until
      _ = machine.receive(.timeToRetry, at: now, jitter: 1)
    }

    #expect(waits == [50, 100, 200, 400, 800, 1000, 1000].map { .milliseconds($0) })
  }

  @Test func `a connection that was steady is made again at once`() {
    var machine = machine(in: .ready)
    for _ in 1...9 {
      _ = machine.receive(.lost(broken), at: start, jitter: 1)
      _ = machine.receive(.timeToRetry, at: start, jitter: 1)
      _ = machine.receive(.opened, at: start, jitter: 1)
      _ = machine.receive(.accepted, at: start, jitter: 1)
    }

    let action = machine.receive(.lost(broken), at: start + .seconds(5), jitter: 1)

    #expect(
      action
        == .wait(
          until: start + .milliseconds(5050), reason: broken, announcing: .outageBegins))
  }

  @Test func `a password that was right once is tried again`() {
    var machine = machine(in: .ready)
    _ = machine.receive(.lost(broken), at: start, jitter: 0)
    _ = machine.receive(.timeToRetry, at: start, jitter: 0)
    _ = machine.receive(.opened, at: start, jitter: 0)

    let action = machine.receive(.rejected(refused), at: start, jitter: 0)

    #expect(name(action) == "wait")
  }

  @Test func `a wait lies between half of its longest and its longest, and never above the cap`() {
    let backoff = Backoff(base: .milliseconds(50), cap: .seconds(1))

    for attempt in 0...100 {
      let shortest = backoff.delay(afterAttempt: attempt, jitter: 0)
      let longest = backoff.delay(afterAttempt: attempt, jitter: 1)
      #expect(shortest * 2 == longest)
      #expect(longest <= .seconds(1))
      #expect(longest >= .milliseconds(50))
    }
  }
}
