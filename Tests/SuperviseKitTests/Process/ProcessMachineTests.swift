import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ProcessMachineTests {
  private typealias Instant = ContinuousClock.Instant
  private let start = Instant.now

  private func machine(
    _ name: String = "worker", mode: Mode = .development,
    _ change: (inout ProcessOptions) -> Void = { _ in }
  ) -> ProcessMachine {
    var options = ProcessOptions()
    change(&options)
    let spec = ProcessSpec(name: name, command: "x", options: options, line: 1)
    return ProcessMachine(ProcessSettings(spec, mode: mode), seed: 1)
  }

  private func running(
    _ name: String = "worker", mode: Mode = .development,
    _ change: (inout ProcessOptions) -> Void = { _ in }
  ) -> ProcessMachine {
    var machine = machine(name, mode: mode, change)
    _ = machine.receive(.start, at: start)
    _ = machine.receive(.free, at: start)
    return machine
  }

  @Test func `it waits until it is free, then starts, then is ready`() {
    var machine = machine { $0.ready = .told }

    #expect(machine.receive(.start, at: start) == [])
    #expect(machine.state == .waiting)
    #expect(machine.receive(.free, at: start) == [.spawn])
    #expect(machine.state == .starting(since: start))
    #expect(
      machine.receive(.becameReady, at: start + .milliseconds(80))
        == [.ready(after: .milliseconds(80))])
    #expect(machine.state == .ready)
  }

  @Test func `without a word it is ready after a second`() {
    var machine = running()

    #expect(machine.receive(.time, at: start + .milliseconds(999)) == [])
    #expect(machine.deadline == start + .seconds(1))
    #expect(machine.receive(.time, at: start + .seconds(1)) == [.ready(after: .seconds(1))])
  }

  @Test func `without a word it is ready after the time that the Procfile says`() throws {
    let procfile = try Procfile(parsing: "#: ready=alive:5s\nweb: a", file: "Procfile")
    let settings = ProcessSettings(try #require(procfile.processes.first), mode: .development)
    var machine = ProcessMachine(settings, seed: 1)
    _ = machine.receive(.start, at: start)
    _ = machine.receive(.free, at: start)

    #expect(machine.deadline == start + .seconds(5))
    #expect(settings.shortRun == .seconds(10))
  }

  @Test func `one that was to say so and does not is ended, as a crash`() {
    var machine = running { $0.ready = .told }

    let late = start + .seconds(60)
    #expect(machine.receive(.time, at: late) == [.announceStartLimit, .stop])
    let actions = machine.receive(.ended(.signalled(SIGTERM)), at: late)

    #expect(actions == [.announceEnd(.unready, .restart(after: .zero))])
    #expect(machine.state == .waiting)
  }

  @Test func `one that is never ready is given up, however long each try takes`() {
    var machine = running { $0.ready = .told }
    var now = start
    var tries = 1

    while machine.state != .failed, tries < 100 {
      now += .seconds(60)
      _ = machine.receive(.time, at: now)
      _ = machine.receive(.ended(.exited(0)), at: now)
      if let deadline = machine.deadline {
        now = deadline
        _ = machine.receive(.time, at: now)
      }
      tries += machine.receive(.free, at: now).contains(.spawn) ? 1 : 0
    }

    #expect(tries == 6)
  }

  @Test(arguments: [
    (ProcessOptions.Restart.never, ProcessMachine.State.failed), (.exit, .failed),
    (.onFailure, .waiting), (.always, .waiting),
  ])
  func `not to be ready in time is a failure, whatever the exit code`(
    policy: ProcessOptions.Restart, state: ProcessMachine.State
  ) {
    var machine = running {
      $0.ready = .told
      $0.restart = policy
    }

    _ = machine.receive(.time, at: start + .seconds(60))
    let actions = machine.receive(.ended(.exited(0)), at: start + .seconds(61))

    #expect(machine.state == state)
    #expect(actions.contains(.endAll(code: 70)) == (policy == .exit))
  }

  @Test(arguments: [ENOENT, EACCES, ENOEXEC])
  func `in development a program that cannot be started waits for a change`(error: Int32) {
    var machine = running()

    let actions = machine.receive(.ended(.neverStarted(error)), at: start)

    #expect(actions == [.announceEnd(.neverStarted(error), .untilFilesChange)])
    #expect(machine.state == .missing)
    #expect(machine.deadline == nil)
    #expect(machine.receive(.start, at: start) == [])
    #expect(machine.receive(.free, at: start) == [.spawn])
  }

  @Test func `what may pass by itself is tried again, and in production everything is`() {
    var busy = running()
    var production = running(mode: .production)

    _ = busy.receive(.ended(.neverStarted(EAGAIN)), at: start)
    _ = production.receive(.ended(.neverStarted(ENOENT)), at: start)

    #expect(busy.state == .waiting)
    #expect(production.state == .waiting)
  }

  @Test func `a crash loop waits longer each time and ends`() {
    var machine = running()
    var now = start
    var delays: [Duration] = []

    while machine.state != .failed {
      now += .milliseconds(10)
      _ = machine.receive(.ended(.exited(1)), at: now)
      if case .backoff(let until) = machine.state {
        delays.append(until - now)
        now = until
        _ = machine.receive(.time, at: now)
      }
      _ = machine.receive(.free, at: now)
    }

    #expect(delays.count == 4)
    for (delay, base) in zip(delays, [0.25, 0.5, 1, 2]) {
      #expect((0.79 * base...1.21 * base).contains(delay / .seconds(1)))
    }
  }

  @Test func `in production it is never given up`() {
    var machine = running(mode: .production)
    var now = start

    for _ in 0..<100 {
      _ = machine.receive(.ended(.signalled(SIGSEGV)), at: now)
      if case .backoff(let until) = machine.state {
        #expect(until - now <= .seconds(36))
        now = until
        _ = machine.receive(.time, at: now)
      }
      #expect(machine.receive(.free, at: now) == [.spawn])
    }
  }

  @Test func `a worker that recycles itself is not in a crash loop`() {
    var machine = running(mode: .production)
    var now = start

    for _ in 0..<50 {
      now += .milliseconds(1100)
      _ = machine.receive(.ended(.exited(0)), at: now)
      #expect(machine.state == .waiting)
      _ = machine.receive(.free, at: now)
    }
  }

  @Test func `a long run makes good for short ones`() {
    var machine = running()
    for _ in 0..<3 {
      _ = machine.receive(.ended(.exited(1)), at: start)
      _ = machine.receive(.time, at: start + .seconds(100))
      _ = machine.receive(.free, at: start)
    }

    _ = machine.receive(.ended(.exited(1)), at: start + .seconds(200))

    #expect(machine.state == .waiting)
    #expect(machine.backoff.shortRuns == 0)
  }

  @Test(arguments: [
    (ProcessOptions.Restart.always, Int32(0), ProcessMachine.State.waiting),
    (.always, 1, .waiting), (.onFailure, 0, .done), (.onFailure, 1, .waiting),
    (.never, 0, .done), (.never, 1, .failed), (.exit, 0, .done), (.exit, 1, .failed),
  ])
  func `the policy decides what follows an end`(
    policy: ProcessOptions.Restart, code: Int32, state: ProcessMachine.State
  ) {
    var machine = running { $0.restart = policy }

    let actions = machine.receive(.ended(.exited(code)), at: start + .seconds(20))

    #expect(machine.state == state)
    #expect(actions.contains(.endAll(code: code)) == (policy == .exit))
  }

  @Test func `a code that is declared a success is one`() {
    var machine = running("migrate") { $0.success = [0, 7] }

    _ = machine.receive(.ended(.exited(7)), at: start)

    #expect(machine.state == .done)
    #expect(machine.satisfies)
  }

  @Test func `stopped by request it stays stopped`() {
    var machine = running()

    #expect(machine.receive(.stop, at: start) == [.stop])
    #expect(machine.receive(.ended(.signalled(SIGTERM)), at: start) == [])
    #expect(machine.state == .stopped)
    #expect(machine.receive(.restart, at: start) == [])
    #expect(machine.state == .stopped)
  }

  @Test func `a restart stops it first and starts it when it has ended`() {
    var machine = running()

    #expect(machine.receive(.restart, at: start) == [.stop])
    #expect(machine.receive(.free, at: start) == [])
    #expect(machine.receive(.ended(.exited(0)), at: start) == [])
    #expect(machine.receive(.free, at: start) == [.spawn])
  }

  @Test func `one without an executable waits for a build`() {
    var machine = running()

    #expect(machine.receive(.missing, at: start) == [])
    #expect(machine.state == .missing)
    #expect(machine.receive(.restart, at: start) == [])
    #expect(machine.receive(.free, at: start) == [.spawn])
  }

  /// Every sequence of four events keeps what must always hold.
  @Test func `it never has two processes and never forgets one`() {
    let events: [ProcessMachine.Event] = [
      .start, .restart, .stop, .free, .missing, .becameReady, .ended(.exited(0)),
      .ended(.exited(1)), .ended(.neverStarted(ENOENT)), .time,
    ]
    for policy in ProcessOptions.Restart.allCases {
      explore(machine { $0.restart = policy }, isAlive: false, events, depth: 5, at: start)
    }
  }

  private func explore(
    _ machine: ProcessMachine, isAlive: Bool, _ events: [ProcessMachine.Event], depth: Int,
    at now: Instant
  ) {
    guard depth > 0 else { return }
    for event in events {
      var next = machine
      var alive = isAlive
      // Only what exists can end, and only what was just spawned can turn out to be missing.
      if case .ended = event, !isAlive { continue }
      if event == .missing, !isAlive { continue }
      let actions = next.receive(event, at: now)
      if case .ended = event { alive = false }
      if event == .missing, next.state == .missing { alive = false }
      for action in actions {
        switch action {
        case .spawn:
          #expect(!alive, "a second process after \(event) in \(machine.state)")
          alive = true
        case .stop, .abort: #expect(alive, "nothing to stop after \(event) in \(machine.state)")
        case .ready, .announceEnd, .announceStartLimit, .announceSilence, .endAll: break
        }
      }
      #expect(next.isAlive == alive, "\(machine.state) and \(event) made \(next.state)")
      explore(next, isAlive: alive, events, depth: depth - 1, at: now + .milliseconds(700))
    }
  }
}
