import CeleriacCore
import Testing

@Suite(.timeLimit(.minutes(1)))
struct EmptyIDTests {
  @Test func `a call without a name of its own is no call`() async throws {
    let queue = TaskQueue.memory()
    let broker = try #require(queue.broker as? MemoryBroker)
    try await queue.send(RemoteTask<Int, Int>("some.task").s(1).id(""))
    let message = try #require(broker.waiting().first)

    let error = #expect(throws: MessageError.self) { try TaskCall(message: message) }

    #expect(error?.code == .missingID)
  }
}
