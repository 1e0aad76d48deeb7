import Testing

@testable import CeleriacCLI

@Suite(.timeLimit(.minutes(1)))
struct StopMachineTests {
  typealias Event = StopMachine.Event
  typealias Action = StopMachine.Action

  @Test(arguments: [
    ([Event.terminate], [Action.stopWarmly]),
    ([.interrupt], [.stopWarmly]),
    ([.supervisorGone], [.stopWarmly]),
    ([.quit], [.stopAtOnce]),
    ([.interrupt, .interrupt], [.stopWarmly, .stopAtOnce]),
    ([.terminate, .interrupt], [.stopWarmly, .stopAtOnce]),
    ([.terminate, .terminate], [.stopWarmly, .stopAtOnce]),
    ([.terminate, .quit], [.stopWarmly, .stopAtOnce]),
    // A supervisor that dies after it has asked for a stop asks for nothing more.
    ([.terminate, .supervisorGone], [.stopWarmly, .nothing]),
    // One that is killed is noticed by its pipe and by the kernel's TERM, in any order.
    ([.supervisorGone, .terminate, .interrupt], [.stopWarmly, .nothing, .stopAtOnce]),
    ([.supervisorGone, .quit], [.stopWarmly, .stopAtOnce]),
    ([.quit, .terminate, .quit, .supervisorGone], [.stopAtOnce, .nothing, .nothing, .nothing]),
  ])
  func `signals stop warmly first and at once then`(events: [Event], actions: [Action]) {
    var machine = StopMachine()

    #expect(events.map { machine.receive($0) } == actions)
  }
}
