import TestSupport
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ReloadTriggerTests {
  var trigger = ReloadTrigger()
  let link = "/app/.build/debug"
  let demo = "/app/.build/debug/demo"
  let worker = "/app/.build/debug/worker"
  let copied = "/app/bin/demo"

  @Test mutating func `a successful build fires at once with the link`() {
    _ = trigger.receive(.removed(demo), at: .zero)
    _ = trigger.receive(.appeared(demo), at: .zero + .milliseconds(1))
    let written = trigger.receive(.written(demo), at: .zero + .milliseconds(5))

    let linked = trigger.receive(.linked(link), at: .zero + .milliseconds(25))

    #expect(written == [.wait(until: .zero + .milliseconds(2005))])
    #expect(linked == [.fire([demo]), .idle])
  }

  @Test mutating func `both executables of a build fire together, the first one first`() {
    _ = trigger.receive(.written(worker), at: .zero)
    _ = trigger.receive(.written(demo), at: .zero + .milliseconds(12))

    #expect(
      trigger.receive(.linked(link), at: .zero + .milliseconds(30))
        == [.fire([worker, demo]), .idle])
  }

  @Test mutating func `a build that changes nothing fires nothing`() {
    #expect(trigger.receive(.linked(link), at: .zero) == [.idle])
  }

  @Test mutating func `the link of another configuration is none of its business`() {
    _ = trigger.receive(.written(demo), at: .zero)

    #expect(
      trigger.receive(.linked("/app/.build/release"), at: .zero + .milliseconds(10))
        == [.wait(until: .zero + .milliseconds(2000))])
  }

  @Test mutating func `without a link it fires when writing has been quiet`() {
    _ = trigger.receive(.written(copied), at: .zero)
    _ = trigger.receive(.written(copied), at: .zero + .milliseconds(100))

    #expect(
      trigger.advance(to: .zero + .milliseconds(150))
        == [.wait(until: .zero + .milliseconds(250))])
    #expect(trigger.advance(to: .zero + .milliseconds(250)) == [.fire([copied]), .idle])
  }

  @Test mutating func `executables of one build wait for its end, however slow it is`() {
    _ = trigger.receive(.written(worker), at: .zero)
    #expect(
      trigger.advance(to: .zero + .milliseconds(1900))
        == [.wait(until: .zero + .milliseconds(2000))])
    _ = trigger.receive(.written(demo), at: .zero + .milliseconds(1900))

    #expect(
      trigger.receive(.linked(link), at: .zero + .milliseconds(1950))
        == [.fire([worker, demo]), .idle])
  }

  @Test mutating func `what is replaced in one step is looked at at once`() {
    _ = trigger.receive(.written(worker), at: .zero)

    #expect(
      trigger.receive(.replaced(demo), at: .zero + .milliseconds(10))
        == [.fire([demo]), .wait(until: .zero + .milliseconds(2000))])
  }

  @Test mutating func `a file that is watched by name may change more often`() {
    trigger.flapLimits[demo] = 30
    var fires = 0
    for turn in 0..<40 {
      let actions = trigger.receive(.replaced(demo), at: .zero + .milliseconds(500 * turn))
      if actions.contains(.fire([demo])) { fires += 1 }
    }

    #expect(fires == 30)
  }

  @Test mutating func `writing without pause fires two seconds after the first write`() {
    var fires: [Int] = []
    for time in stride(from: 0, through: 2000, by: 100) {
      let actions = trigger.receive(.written(copied), at: .zero + .milliseconds(time))
      if actions.contains(.fire([copied])) { fires.append(time) }
    }

    #expect(fires == [2000])
  }

  @Test mutating func `a failed link is looked at only after the absence has lasted`() {
    _ = trigger.receive(.removed(demo), at: .zero)

    #expect(
      trigger.advance(to: .zero + .milliseconds(500)) == [.wait(until: .zero + .seconds(2))])
    #expect(trigger.advance(to: .zero + .seconds(2)) == [.fire([demo]), .idle])
  }

  @Test mutating func `a file that flaps is named and rests until it is quiet`() {
    var paused: [Int] = []
    for turn in 0..<20 {
      let time = ContinuousClock.Instant.zero + .seconds(turn)
      _ = trigger.receive(.written(demo), at: time)
      let actions = trigger.receive(.linked(link), at: time + .milliseconds(20))
      if actions.contains(.paused(demo)) { paused.append(turn) }
      #expect(actions.contains(.fire([demo])) == (turn < 10))
    }
    _ = trigger.receive(.written(worker), at: .zero + .seconds(20))
    let other = trigger.receive(.linked(link), at: .zero + .seconds(20))
    let rested = trigger.advance(to: .zero + .seconds(50))

    #expect(paused == [10])
    #expect(other.first == .fire([worker]))
    #expect(rested == [.fire([demo]), .idle])
  }

  @Test mutating func `ten reloads in half a minute are no flapping`() {
    for turn in 0..<60 {
      let time = ContinuousClock.Instant.zero + .seconds(turn * 3)
      _ = trigger.receive(.written(demo), at: time)

      let actions = trigger.receive(.linked(link), at: time)

      #expect(actions == [.fire([demo]), .idle])
    }
  }

  /// Whatever comes in whatever order: a file that was written is fired after its last write,
  /// within two seconds of the first one, and then all is idle.
  @Test(arguments: 0..<200 as Range<UInt64>)
  mutating func `no write is lost, whatever the order of events`(seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    var now = ContinuousClock.Instant.zero
    var waiting: [String: ContinuousClock.Instant] = [:]
    for _ in 0..<40 {
      now += .milliseconds(Int.random(in: 0...400, using: &random))
      let path = Bool.random(using: &random) ? demo : worker
      let event = [
        OutputEvent.written(path), .written(path), .appeared(path), .removed(path),
        .linked(link), .overflow,
      ].randomElement(using: &random)
      guard let event else { continue }
      var actions = trigger.advance(to: now)
      settle(&waiting, actions, at: now)
      if case .written(let path) = event, waiting[path] == nil { waiting[path] = now }
      actions = trigger.receive(event, at: now)
      settle(&waiting, actions, at: now)
    }
    settle(&waiting, trigger.advance(to: now + .seconds(60)), at: now)

    #expect(waiting.isEmpty)
    #expect(trigger.advance(to: now + .seconds(120)) == [.idle])
  }

  private func settle(
    _ waiting: inout [String: ContinuousClock.Instant], _ actions: [ReloadTrigger.Action],
    at now: ContinuousClock.Instant
  ) {
    for case .fire(let paths) in actions {
      for path in paths { waiting[path] = nil }
    }
  }
}
