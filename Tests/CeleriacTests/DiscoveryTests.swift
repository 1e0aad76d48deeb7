import Celeriac
import Testing

@Task func add(_ x: Int, _ y: Int) -> Int { x + y }

@Suite(.timeLimit(.minutes(1)))
struct DiscoveryTests {
  @Test func `tasks are found without a list, in modules that nothing imports too`() throws {
    let names = RegisteredTask.discovered().map(\.name)
    #expect(names.contains("CeleriacTests.add"))
    #expect(names.contains("CeleriacLinkedTasks.farAway"))
    #expect(add(2, 2) == 4)
  }
}
