import Testing

@testable import CeleriacRedis

@Suite(.timeLimit(.minutes(1)))
struct SubscriptionTableTests {
  private var table = SubscriptionTable<String>()

  @Test mutating func `the first receiver subscribes, the last unsubscribes`() {
    #expect(table.add("a", id: 1, to: "channel") == .subscribe)
    #expect(table.add("b", id: 2, to: "channel") == .nothing)
    #expect(table.remove(id: 1, from: "channel") == .nothing)
    #expect(table.remove(id: 2, from: "channel") == .unsubscribe)
    #expect(table.remove(id: 2, from: "channel") == .nothing)
    #expect(table.names.isEmpty)
  }

  @Test mutating func `who joins a heard channel listens at once`() {
    _ = table.add("a", id: 1, to: "channel")
    table.asked(for: "channel")
    #expect(table.confirmed("channel").map(\.receiver) == ["a"])

    #expect(table.add("b", id: 2, to: "channel") == .listensAlready)
    #expect(table.receivers(of: "channel") == ["a", "b"])
  }

  @Test mutating func `a confirmation from before the channel was left does not count`() {
    _ = table.add("a", id: 1, to: "channel")
    table.asked(for: "channel")
    #expect(table.remove(id: 1, from: "channel") == .unsubscribe)
    #expect(table.add("b", id: 2, to: "channel") == .subscribe)
    table.asked(for: "channel")

    #expect(table.confirmed("channel").isEmpty)
    #expect(table.confirmed("channel").map(\.receiver) == ["b"])
  }

  @Test mutating func `after a gap old receivers are told of it and new ones are not`() {
    _ = table.add("old", id: 1, to: "channel")
    table.asked(for: "channel")
    _ = table.confirmed("channel")

    table.interrupt()
    #expect(table.add("new", id: 2, to: "channel") == .nothing)
    table.asked(for: "channel")
    let told = table.confirmed("channel")

    #expect(told.map(\.receiver) == ["old", "new"])
    #expect(told.map(\.beginning) == [.afterGap, .first])
  }

  @Test mutating func `asking again about a heard channel tells nobody`() {
    _ = table.add("a", id: 1, to: "channel")
    table.asked(for: "channel")
    _ = table.confirmed("channel")

    table.asked(for: "channel")

    #expect(table.confirmed("channel").isEmpty)
    #expect(table.someListening == "channel")
  }

  @Test mutating func `a refused channel is forgotten`() {
    _ = table.add("a", id: 1, to: "channel")
    table.asked(for: "channel")

    #expect(table.refused("channel") == ["a"])
    #expect(table.names.isEmpty)
    #expect(table.confirmed("channel").isEmpty)
  }
}
