import Glibc
import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct ProcessMachineWatchdogTests {
  private let start = ContinuousClock.Instant.now

  private func ready(_ change: (inout ProcessOptions) -> Void = { _ in }) -> ProcessMachine {
    var options = ProcessOptions()
    options.ready = .told
    options.watchdog = .seconds(10)
    change(&options)
    let spec = ProcessSpec(name: "web", command: "x", options: options, line: 1)
    var machine = ProcessMachine(ProcessSettings(spec, mode: .production), seed: 1)
    _ = machine.receive(.start, at: start)
    _ = machine.receive(.free, at: start)
    _ = machine.receive(.becameReady, at: start)
    return machine
  }

  @Test func `as long as it is heard of nothing happens`() {
    var machine = ready()

    for second in stride(from: 9, through: 90, by: 9) {
      #expect(machine.receive(.alive, at: start + .seconds(second)) == [])
      #expect(machine.deadline == start + .seconds(second + 10))
    }
  }

  @Test func `one that is silent is ended, and it counts as a failure`() {
    var machine = ready { $0.restart = .onFailure }

    let late = start + .seconds(10)
    #expect(machine.receive(.time, at: late) == [.announceSilence, .abort])
    let actions = machine.receive(.ended(.exited(0)), at: late)

    #expect(actions == [.announceEnd(.silent, .restart(after: .zero))])
    #expect(machine.isReturning)
  }

  @Test func `who is asked for again is not limited as one that returns by itself`() {
    var machine = ready()
    _ = machine.receive(.ended(.exited(1)), at: start)
    #expect(machine.isReturning)

    _ = machine.receive(.stop, at: start)
    _ = machine.receive(.start, at: start)

    #expect(!machine.isReturning)
  }
}
