import Glibc
import TestSupport
import Testing

@testable import SuperviseKit

/// Whatever happens in whichever order: none is started twice, none is forgotten.
@Suite(.timeLimit(.minutes(1)))
struct ProcessMachinePropertyTests {
  /// What there is outside of the machine: at most one process, and a clock.
  private struct World {
    var machine: ProcessMachine
    var now = ContinuousClock.Instant.now
    var isAlive = false
    /// The last request was to stop.
    var isUnwanted = true
    var spawns = 0

    mutating func send(_ event: ProcessMachine.Event) {
      let before = machine.state
      let actions = machine.receive(event, at: now)
      if case .ended = event { isAlive = false }
      if event == .missing, machine.state == .missing { isAlive = false }
      for action in actions {
        switch action {
        case .spawn:
          #expect(!isAlive, "a second process after \(event) in \(before)")
          #expect(!isUnwanted, "started against a request, after \(event) in \(before)")
          isAlive = true
          spawns += 1
        case .stop, .abort: #expect(isAlive, "nothing to stop after \(event) in \(before)")
        case .ready, .announceEnd, .announceStartLimit, .announceSilence, .endAll: break
        }
      }
      check(after: event, in: before)
    }

    private func check(after event: ProcessMachine.Event, in before: ProcessMachine.State) {
      #expect(machine.isAlive == isAlive, "\(event) in \(before) made \(machine.state)")
      switch machine.state {
      case .starting, .backoff:
        #expect(machine.deadline != nil, "\(machine.state) would last for ever")
      case .ready:
        #expect((machine.deadline != nil) == (machine.settings.watchdog != nil))
      case .waiting, .stopping, .stopped, .done, .failed, .missing:
        #expect(machine.deadline == nil, "\(machine.state) wakes for nothing")
      }
    }
  }

  private static let ends: [Ended] = [
    .exited(0), .exited(1), .signalled(SIGKILL), .neverStarted(ENOENT), .neverStarted(EAGAIN),
  ]

  private static func settings(_ seed: UInt64) -> ProcessSettings {
    var random = SeededGenerator(seed: seed)
    var options = ProcessOptions()
    options.restart = ProcessOptions.Restart.allCases.randomElement(using: &random)
    options.ready = [.settled, .told, .started, .port("1")].randomElement(using: &random)
    options.watchdog = Bool.random(using: &random) ? .seconds(2) : nil
    options.maxRestarts = Int.random(in: 0...4, using: &random)
    let spec = ProcessSpec(name: "web", command: "x", options: options, line: 1)
    return ProcessSettings(
      spec, mode: Bool.random(using: &random) ? .development : .production)
  }

  private static func chaos(_ world: inout World, steps: Int, _ random: inout SeededGenerator) {
    for _ in 0..<steps {
      world.now += .milliseconds(Int.random(in: 0...3000, using: &random))
      switch Int.random(in: 0..<9, using: &random) {
      case 0:
        world.isUnwanted = false
        world.send(.start)
      case 1: world.send(.restart)
      case 2:
        world.isUnwanted = true
        world.send(.stop)
      case 3: world.send(.free)
      case 4: if world.isAlive { world.send(.missing) }
      case 5: world.send(.becameReady)
      case 6: world.send(.alive)
      case 7:
        guard world.isAlive, let end = ends.randomElement(using: &random) else { continue }
        world.send(.ended(end))
      default: world.send(.time)
      }
    }
  }

  @Test(arguments: 0..<400)
  func `none is started twice, and none against a request`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var world = World(machine: ProcessMachine(Self.settings(seed), seed: seed))

    Self.chaos(&world, steps: 200, &random)
  }

  @Test(arguments: 0..<400)
  func `after whatever has happened, a request to start is heard`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var world = World(machine: ProcessMachine(Self.settings(seed), seed: seed))
    Self.chaos(&world, steps: 50, &random)

    world.isUnwanted = false
    world.send(.start)
    if case .stopping = world.machine.state { world.send(.ended(.exited(0))) }
    world.send(.free)

    #expect(world.isAlive)
  }

  @Test(arguments: 0..<400)
  func `after whatever has happened, a request to stop is heard`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var world = World(machine: ProcessMachine(Self.settings(seed), seed: seed))
    Self.chaos(&world, steps: 50, &random)

    world.isUnwanted = true
    world.send(.stop)
    if world.isAlive { world.send(.ended(.signalled(SIGTERM))) }

    #expect(!world.isAlive)
    #expect(world.machine.state == .stopped)
    #expect(world.machine.deadline == nil)
  }
}
