import CeleriacCore
import TestSupport
import Testing

@testable import CeleriacCLI
@testable import CeleriacRedis

/// `dead`, on a Redis of its own.
@Suite(.timeLimit(.minutes(1)))
struct DeadLetterTests {
  private let shell: Shell
  private let queue: TaskQueue
  private let letters: DeadLetters

  init() async throws {
    let server = try await RedisServer.start()
    shell = Shell(server)
    queue = try TaskQueue.redis(server.url)
    letters = DeadLetters(
      over: RedisConnection(RedisConfiguration(try RedisURL(server.url)), on: try IOThread()))
    keeper = server
  }

  // The server ends with the test.
  private let keeper: RedisServer

  @Test func `the list says what was given up and why, the last first`() async throws {
    let ids = try await bury("math.add", "mail.send")

    let list = await shell.run("dead", "list")

    let lines = list.output.split(separator: "\n")
    #expect(list.status == .fine)
    #expect(lines.count == 3)
    #expect(lines[0].split(separator: " ").map(String.init) == LetterText.titles)
    #expect(lines[1].hasPrefix("\(ids[1])  0 s ago"))
    #expect(lines[1].hasSuffix("celery  mail.send  too bad"))
    #expect(lines[2].hasPrefix("\(ids[0])  "))
    #expect(await shell.run("dead").output == list.output, "the list is what it does by itself")
  }

  @Test func `the list is shown in pages, and says how it goes on`() async throws {
    let ids = try await bury("a", "b", "a", "b", "a", "b")

    let first = await shell.run("dead", "list", "--limit", "2", "--task", "a", "--json")
    let words = first.notes.split(separator: "'").dropFirst().first?.split(separator: " ") ?? []
    let second = await shell.run(TestApp.self, words.dropFirst().map(String.init) + ["--json"])

    #expect(first.output.contains(#""id": "\#(ids[4])""#))
    #expect(first.output.contains(#""id": "\#(ids[2])""#))
    #expect(
      first.notes.hasPrefix(
        "2 of 6 of all kinds; 'app dead list --task a --before \(ids[2]) --limit 2'"))
    #expect(second.output.contains(#""id": "\#(ids[0])""#))
    #expect(second.notes == "")
  }

  @Test func `a thousand letters are looked through page by page`() async throws {
    try await bury(Array(repeating: "noise", count: 1000) + ["needle"])
    try await bury(Array(repeating: "noise", count: 200))

    let list = await shell.run("dead", "list", "--task", "needle")

    #expect(list.output.split(separator: "\n").count == 2)
    #expect(list.output.contains("needle"))
  }

  @Test func `nothing given up is nothing to show`() async {
    #expect(await shell.run("dead", "list").output == "no dead letters")
    #expect(
      await shell.run("dead", "list", "--queue", "mail").output
        == "no dead letters of queue 'mail'")
    #expect(await shell.run("dead", "replay", "--all").output == "no dead letters")
  }

  @Test func `one letter is shown with its arguments and headers`() async throws {
    try await queue.send(
      RemoteTask<String, Int, Int>("mail.send").s("ada", 2).id("my-id").header("tenant", "acme"))
    let id = try await buryWaiting()[0]

    let shown = await shell.run("dead", "show", id)

    #expect(shown.status == .fine)
    for line in [
      "letter   \(id)", "by       gravedigger@test", "queue    celery", "reason   too bad",
      "crashes  0", "task     mail.send", "task id  my-id", "attempt  1", #"  "ada""#, "  2",
    ] {
      #expect(shown.output.contains(line + "\n"))
    }
    #expect(shown.output.contains(#""acme""#))
  }

  @Test func `bytes that are no message are shown harmlessly, and written exactly`() async throws {
    let bytes: [UInt8] = [0x1B, 0x5B, 0x32, 0x4A, 0, 0xFF, 0x0A, 0x61]
    try await queue.broker.send([Message(bytes: bytes, queue: .default)])
    let id = try await buryWaiting()[0]

    let shown = await shell.run("dead", "show", id)
    let written = Recorder<[UInt8]>()
    var surroundings = shell.surroundings()
    surroundings.write = { written.add($0) }
    let status = await Program<TestApp>.run(["dead", "show", id, "--raw"], in: surroundings)

    #expect(shown.output.contains("message, 8 bytes\n  ·[2J·\u{FFFD}·a"))
    #expect(status == .fine)
    #expect(written.all == [bytes])
  }

  @Test func `a replayed message is back where it came from`() async throws {
    let remote = RemoteTask<Int, Int>("math.double")
    try await queue.send([remote.s(1), remote.s(2).priority(.low)])
    let before = try await queue.broker.consumer(options).take(upTo: 2).map(\.bytes)
    try await queue.broker.send([
      Message(bytes: before[0], queue: "a"), Message(bytes: before[1], queue: "b", priority: 6),
      Message(bytes: [0xFF], queue: "c"),
    ])
    let ids = try await buryWaiting(in: ["a", "b", "c"])

    let replayed = await shell.run(TestApp.self, ["dead", "replay"] + ids)

    #expect(replayed.status == .fine)
    #expect(replayed.output == "sent again: 3 messages (a 1, b 1, c 1)")
    #expect(try await letters.count() == 0)
    #expect(try await list("a") == [before[0]])
    #expect(try await list("b\u{6}\u{16}6") == [before[1]])
    #expect(try await list("c") == [[0xFF]])
  }

  @Test func `a letter named twice is sent once, and one without a message stays`() async throws {
    let id = try await bury("math.add")[0]
    let replayed = await shell.run("dead", "replay", id, id)
    #expect(replayed.status == .fine)
    #expect(replayed.output == "sent again: 1 message (celery 1)")

    let broker = try #require(queue.broker as? RedisBroker)
    var batch = RedisBatch()
    batch.append("XADD", Keys.dead, "9999999999999-1", "foo", "bar")
    _ = try await broker.connection.run(batch)
    let odd = await shell.run("dead", "replay", "9999999999999-1")
    #expect(odd.status != .fine)
    #expect(odd.notes.contains("letter 9999999999999-1 holds no message; it can only be dropped"))
    #expect(await shell.run("dead", "drop", "9999999999999-1").status == .fine)
  }

  @Test func `what a message calls itself does nothing to the terminal`() async throws {
    let id = try await bury("evil\u{1B}]0;owned\u{7}")[0]

    let shown = await shell.run("dead", "show", id)

    #expect(shown.output.contains("evil·]0;owned·"))
    #expect(!shown.output.contains("\u{1B}"))
  }

  @Test func `all are replayed in their order when somebody agrees`() async throws {
    try await bury("a", "b", "a", "c")
    let no = Shell(keeper, answer: false)
    let yes = Shell(keeper, answer: true)

    let unasked = await shell.run("dead", "replay", "--all")
    let refused = await no.run("dead", "replay", "--all", "--task", "a")
    #expect(unasked.status == .refused)
    #expect(unasked.notes.contains("4 messages (celery 4) would be sent again"))
    #expect(unasked.notes.contains("--yes"))
    #expect(refused.notes.contains("Send 2 messages (celery 2) again?"))
    #expect(refused.notes.contains("nothing was sent again"))
    #expect(try await letters.count() == 4)

    let some = await yes.run("dead", "replay", "--all", "--task", "a")
    let rest = await shell.run("dead", "replay", "--all", "--yes")

    #expect(some.output == "sent again: 2 messages (celery 2)")
    #expect(rest.output == "sent again: 2 messages (celery 2)")
    let tasks = try await list("celery").map { try TaskCall(message: $0).task }
    #expect(tasks == ["a", "a", "b", "c"])
  }

  @Test func `two replays at once double nothing`() async throws {
    try await bury(Array(repeating: "a", count: 500))
    let shell = shell

    async let one = shell.run("dead", "replay", "--all", "--yes")
    async let two = shell.run("dead", "replay", "--all", "--yes")
    _ = await (one, two)

    #expect(try await queue.broker.length(of: .default) == 500)
    #expect(try await letters.count() == 0)
  }

  @Test func `letters are dropped by id, by age and all together`() async throws {
    let ids = try await bury("a", "b", "c")

    let one = await shell.run("dead", "drop", ids[1])
    let none = await shell.run("dead", "drop", "--older-than", "1d", "--yes")
    let all = await shell.run("dead", "drop", "--older-than", "0s", "--yes")

    #expect(one.output == "dropped: 1 message (celery 1)")
    #expect(none.output == "no dead letters")
    #expect(all.output == "dropped: 2 messages (celery 2)")
    #expect(try await queue.broker.length(of: .default) == 0)
  }

  @Test func `a letter that is not there is named, and the others are replayed`() async throws {
    let id = try await bury("a")[0]

    let replayed = await shell.run("dead", "replay", "1-2", id)
    let shown = await shell.run("dead", "show", id)

    #expect(replayed.status == .refused)
    #expect(replayed.output == "sent again: 1 message (celery 1)")
    #expect(replayed.notes.contains("no dead letter 1-2: "))
    #expect(shown.status == .refused)
    #expect(shown.notes.contains("'app dead list' shows those there are"))
  }

  @Test(arguments: [
    ["replay"], ["drop"], ["replay", "1-1", "--all"], ["drop", "1-1", "--older-than", "1d"],
    ["replay", "--queue", "a"], ["replay", "1-1", "--task", "a"], ["show", "nonsense"],
    ["drop", "--older-than", "soon"], ["list", "--limit", "0"], ["list", "--before", "x"],
  ])
  func `what makes no sense is a usage error`(words: [String]) async {
    #expect(await shell.run(TestApp.self, ["dead"] + words).status == .usage)
  }

  @Test func `status and doctor tell of them`() async throws {
    #expect(await shell.run("doctor").output.contains("✓ dead letters: none"))
    try await bury("a", "b")

    let status = await shell.run("status")
    let doctor = await shell.run("doctor")

    #expect(status.output.hasSuffix("dead letters\n  2, the oldest 0 s ago"))
    #expect(
      doctor.output.contains("! dead letters: 2, the oldest 0 s ago; 'app dead list' shows them"))
    #expect(doctor.status == .fine)
  }

  @Test func `suspects are counted and purged with their queue`() async throws {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(keeper.url)), on: try IOThread())
    _ = try await connection.send(RedisCommand("LPUSH", Keys.suspects(2, .default), "a", "b"))
    _ = try await connection.send(RedisCommand("LPUSH", "celery", "c"))

    #expect(
      await shell.run("status").output.contains(
        "celery  3 waiting  0 scheduled  2 on loan at a crash"))
    #expect(try await queue.broker.length(of: .default) == 3)
    #expect(await shell.run("purge", "celery", "--force").output == "dropped 3 messages")
    #expect(try await queue.broker.length(of: .default) == 0)
  }

  private var options: ConsumerOptions {
    ConsumerOptions(
      worker: "gravedigger@test", queues: ["celery", "a", "b", "c"], results: queue.results)
  }

  @discardableResult
  private func bury(_ tasks: String...) async throws -> [String] { try await bury(tasks) }

  // Sends a call of each task and gives it up; the ids, in that order.
  @discardableResult
  private func bury(_ tasks: [String]) async throws -> [String] {
    try await queue.send(tasks.map { RemoteTask<Int, Int>($0).s(1) })
    return try await buryWaiting()
  }

  private func buryWaiting(in queues: [QueueName] = [.default]) async throws -> [String] {
    let known = Set(try await letters.page(upTo: 10_000).map(\.id))
    let consumer = try await queue.broker.consumer(options)
    var left = 0
    for queue in queues { left += try await self.queue.broker.length(of: queue) }
    while left > 0 {
      let deliveries = try await consumer.take(upTo: left)
      left -= deliveries.count
      _ = try await consumer.settle(
        deliveries.map { Settlement($0.loan, .bury(reason: "too bad")) })
    }
    await consumer.close()
    return try await letters.page(upTo: 10_000).map(\.id).filter { !known.contains($0) }
      .reversed().map(\.description)
  }

  // The next message to be taken first.
  private func list(_ key: String) async throws -> [[UInt8]] {
    let connection = RedisConnection(
      RedisConfiguration(try RedisURL(keeper.url)), on: try IOThread())
    let reply = try await connection.send(RedisCommand("LRANGE", key, 0, -1))
    return reply.array?.compactMap(\.bytes).reversed() ?? []
  }
}
