import CeleriacCore
import CeleriacSchedule
import CeleriacTesting
import Testing

@Suite(.timeLimit(.minutes(1)))
struct SentCallTests {
  @Test func `what was sent is there to be looked at`() async throws {
    try await withTestQueue(tasks: [add, mail]) { queue in
      let first = try await mail.delay("ada", ["Finish note G"])
      try await add.delay(2, 2)
      let second = try await mail.delay("grace", [])

      #expect(queue.sent.map(\.task) == ["shop.mail", "shop.add", "shop.mail"])
      #expect(queue.sent(mail).map(\.id) == [first.id, second.id])
      #expect(queue.sent(to: "shop.add").count == 1)
    }
  }

  @Test func `arguments have their types, by name and by position`() async throws {
    try await withTestQueue(tasks: [mail]) { queue in
      try await mail.delay("ada", ["Finish note G"])

      let call = try #require(queue.sent(mail).first)
      #expect(try call.argument("to", as: String.self) == "ada")
      #expect(try call.argument("titles", as: [String].self) == ["Finish note G"])
      #expect(try call.argument(1, as: [String].self) == ["Finish note G"])
    }
  }

  @Test(arguments: [
    ("to", "wrong type"), ("from", "is not there: there is 'to', 'titles'"),
  ])
  func `an argument that is not there says which are`(_ name: String, _ words: String) async throws
  {
    try await withTestQueue(tasks: [mail]) { queue in
      try await mail.delay("ada", [])

      let call = try #require(queue.sent.first)
      let error = try #require(throws: ArgumentError.self) {
        try call.argument(name, as: Int.self)
      }
      #expect(error.name == name)
      #expect(error.code == .wrongType || error.detail.contains(words))
    }
  }

  @Test func `a task that is not known here has its arguments as they were sent`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      try await RemoteTask<String, Int, String>("images.resize").delay("cat.jpg", 640)

      let call = try #require(queue.sent(to: "images.resize").first)
      #expect(try call.argument(0, as: String.self) == "cat.jpg")
      #expect(try call.argument(1, as: Int.self) == 640)
      #expect(throws: ArgumentError.self) { try call.argument(2, as: Int.self) }
      #expect(throws: ArgumentError.self) { try call.argument("width", as: Int.self) }
    }
  }

  @Test func `options of the call are readable`() async throws {
    try await withTestQueue(tasks: [add]) { queue in
      let now = queue.clock.now()
      try await add.s(1, 2).id("one").on(queue: "slow").priority(.low).after(.seconds(60))
        .expires(after: .seconds(90)).header("color", "green").delay()

      let call = try #require(queue.sent.first)
      #expect(call.id == "one")
      #expect(call.queue == "slow")
      #expect(call.priority == .low)
      #expect(call.eta == now + .seconds(60))
      #expect(call.expires == now + .seconds(90))
      #expect(call.header("color") == "green")
      #expect(call.description == "shop.add [one] in slow")
    }
  }

  @Test func `each test has a queue of its own`() async throws {
    try await withTestQueue(tasks: [add]) { outer in
      try await withTestQueue(tasks: [add]) { inner in
        try await add.delay(1, 1)

        #expect(inner.sent.count == 1)
      }
      #expect(outer.sent.isEmpty)
    }
  }
}
