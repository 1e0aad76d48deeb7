import TestSupport
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct BuildMachineTests {
  var machine = BuildMachine()

  @Test mutating func `a build starts when the sources have been quiet`() {
    #expect(machine.receive(.changed(["a"]), at: ms(0)) == [.wait(until: ms(100))])
    #expect(machine.receive(.changed(["b", "a"]), at: ms(60)) == [.wait(until: ms(160))])
    #expect(machine.receive(.time, at: ms(100)) == [.wait(until: ms(160))])
    #expect(machine.receive(.time, at: ms(160)) == [.start(triggers: ["a", "b"])])
    #expect(machine.receive(.finished(.success), at: ms(900)) == [.built])
    #expect(machine.receive(.time, at: ms(5000)) == [])
  }

  @Test mutating func `a change during a build causes one more`() {
    start()

    #expect(machine.receive(.changed(["b"]), at: ms(200)) == [])
    #expect(machine.receive(.changed(["c"]), at: ms(300)) == [])
    #expect(
      machine.receive(.finished(.success), at: ms(900)) == [.built, .start(triggers: ["b", "c"])])
    #expect(machine.receive(.finished(.success), at: ms(1900)) == [.built])
  }

  @Test mutating func `a change right before the end of a build still has to come to rest`() {
    start()

    _ = machine.receive(.changed(["b"]), at: ms(880))

    #expect(
      machine.receive(.finished(.exit(1)), at: ms(900))
        == [.failed(.exit(1)), .wait(until: ms(980))])
    #expect(machine.receive(.time, at: ms(980)) == [.start(triggers: ["b"])])
  }

  @Test mutating func `sources that never rest are built after two seconds all the same`() {
    var started: [Int] = []
    for time in stride(from: 0, through: 2000, by: 50) {
      let actions = machine.receive(.changed(["a"]), at: ms(time))
      if actions == [.start(triggers: ["a"])] { started.append(time) }
    }

    #expect(started == [2000])
  }

  @Test mutating func `while somebody is known to be at it the build waits, but not for ever`() {
    var started: [Int] = []
    _ = machine.receive(.changed(["a"]), at: ms(0))
    for time in stride(from: 100, through: 20_000, by: 100) {
      let actions = machine.receive(.unsettled, at: ms(time))
      if actions == [.start(triggers: ["a"])] { started.append(time) }
    }

    #expect(started == [20_000])
    #expect(machine.receive(.unsettled, at: ms(20_100)) == [])
  }

  @Test mutating func `a build on demand waits for nothing, and takes along what has changed`() {
    _ = machine.receive(.changed(["a"]), at: ms(0))

    #expect(machine.buildNow() == [.start(triggers: ["a"])])
    #expect(machine.buildNow() == [])
    #expect(machine.isBuilding)
  }

  @Test mutating func `what is not awaited changes nothing`() {
    #expect(machine.receive(.time, at: ms(0)) == [])
    #expect(machine.receive(.finished(.success), at: ms(0)) == [])
    #expect(machine.receive(.changed([]), at: ms(0)) == [])
    _ = machine.receive(.changed(["a"]), at: ms(0))
    #expect(machine.receive(.finished(.exit(1)), at: ms(50)) == [])
    _ = machine.receive(.time, at: ms(100))
    #expect(machine.receive(.time, at: ms(5000)) == [])
    #expect(machine.isBuilding)
  }

  @Test(arguments: 0..<200 as Range<UInt64>)
  mutating func `one build at a time, and every change is in one that began after it`(
    seed: UInt64
  ) {
    var random = SeededGenerator(seed: seed)
    var now = 0
    var isBuilding = false
    var unbuilt: Set<String> = []
    func perform(_ actions: [BuildMachine.Action]) {
      for case .start(let triggers) in actions {
        #expect(!isBuilding)
        isBuilding = true
        unbuilt.subtract(triggers)
      }
    }
    for change in 0..<60 {
      now += Int.random(in: 0...150, using: &random)
      switch Int.random(in: 0...3, using: &random) {
      case 0 where isBuilding:
        isBuilding = false
        perform(machine.receive(.finished(change % 2 == 0 ? .success : .exit(1)), at: ms(now)))
      case 1:
        perform(machine.receive(.time, at: ms(now)))
      default:
        unbuilt.insert("\(change % 7)")
        perform(machine.receive(.changed(["\(change % 7)"]), at: ms(now)))
      }
    }
    for _ in 0..<2 {
      now += 3000
      perform(machine.receive(.time, at: ms(now)))
      if isBuilding {
        isBuilding = false
        perform(machine.receive(.finished(.success), at: ms(now)))
      }
    }

    #expect(unbuilt.isEmpty)
    #expect(!machine.isBuilding)
  }

  private mutating func start() {
    _ = machine.receive(.changed(["a"]), at: ms(0))
    _ = machine.receive(.time, at: ms(100))
  }

  private func ms(_ time: Int) -> ContinuousClock.Instant { .zero + .milliseconds(time) }
}
