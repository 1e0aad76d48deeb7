import CeleriacCore
import CeleriacRedis
import Glibc
import TestSupport
import Testing

/// Tasks that kill their worker, and the tasks beside them.
@Suite(.timeLimit(.minutes(2)), .serialized)
struct PoisonTests {
  // What they return is not looked at; of one type, they can be sent together.
  private let crash = RemoteTask<Double>("fixture.crash")
  private let echo = RemoteTask<String, Double>("fixture.echo")
  private let slow = RemoteTask<Double, Double>("fixture.slow")

  @Test(arguments: [2, 3, 5])
  func `a task that kills its worker is given up after so many crashes, its neighbours never`(
    deliveries: Int
  ) async throws {
    let fleet = try await fleet(options: ["--deliveries", "\(deliveries)"])
    let neighbours = try await send(poisons: ["poison"], among: 40, to: fleet.queue)

    let crashes = try await fleet.run { try await fleet.isDone(neighbours, poisons: 1) }

    #expect(crashes == deliveries)
    #expect(try await fleet.count(.success, of: neighbours) == 40)
    let letters = try await fleet.deadLetters()
    #expect(letters.map(\.reason) == ["crashed its worker \(deliveries) times"])
    #expect(letters.first?.crashes == deliveries)
    #expect(letters.first?.queue == .default)
    let failure = await #expect(throws: TaskFailure.self) {
      try await TaskResult<Int>(id: "poison", in: fleet.queue).value(within: .seconds(1))
    }
    #expect(failure?.type == "WorkerLostError")
    #expect(failure?.module == "billiard.exceptions")
    #expect(try await fleet.leftovers() == [])
  }

  @Test func `of two at once each is found`() async throws {
    let fleet = try await fleet()
    let neighbours = try await send(poisons: ["one", "two"], among: 40, to: fleet.queue)

    let crashes = try await fleet.run { try await fleet.isDone(neighbours, poisons: 2) }

    #expect((4...6).contains(crashes), "they may have crashed together or alone")
    #expect(try await fleet.count(.success, of: neighbours) == 40)
    #expect(try await fleet.deadLetters().map(\.crashes) == [3, 3])
    #expect(try await fleet.leftovers() == [])
  }

  @Test func `of many, on two workers, none takes a neighbour with it`() async throws {
    let fleet = try await fleet()
    let poisons = (1...12).map { TaskID("poison-\($0)") }
    let neighbours = try await send(poisons: poisons, among: 120, to: fleet.queue)

    _ = try await fleet.run(2) { try await fleet.isDone(neighbours, poisons: 12) }

    #expect(try await fleet.count(.success, of: neighbours) == 120)
    #expect(try await fleet.deadLetters().map(\.crashes) == Array(repeating: 3, count: 12))
    #expect(try await fleet.leftovers() == [])
  }

  @Test func `without a supervisor the end of the lease tells`() async throws {
    let fleet = try await fleet(supervised: false)
    let neighbours = try await send(poisons: ["poison"], among: 40, to: fleet.queue)

    let crashes = try await fleet.run(2) { try await fleet.isDone(neighbours, poisons: 1) }

    #expect(crashes == 3)
    #expect(try await fleet.count(.success, of: neighbours) == 40)
    #expect(try await fleet.leftovers() == [])
  }

  @Test func `a suspect gets its turn while a backlog keeps the worker busy`() async throws {
    let fleet = try await fleet()
    _ = try await send(poisons: ["poison"], among: 0, to: fleet.queue)
    let ids = (0..<200).map { TaskID("call-\($0)") }
    try await fleet.queue.send(ids.map { slow.s(0.05).id($0) })

    let crashes = try await fleet.run(2) { try await !fleet.deadLetters().isEmpty }

    #expect(crashes == 3)
    #expect(try await fleet.count(.success, of: ids) < 200, "it was found before the others' end")
  }

  @Test func `a stop counts for nothing, however often`() async throws {
    let fleet = try await fleet(options: ["--stop-timeout", "100ms"])
    try await fleet.queue.send([slow.s(60).id("long")] + (0..<10).map { _ in slow.s(60) })
    for life in 1...4 {
      let worker = try fleet.worker(life: life)
      #expect(try await eventually { try await fleet.queue.broker.length(of: .default) == 0 })
      worker.end(SIGTERM)
      #expect(try await fleet.leftovers() == ["celery"])
    }
    #expect(try await fleet.deadLetters().isEmpty)
  }

  @Test func `a halt within the lease counts for nothing, a longer one condemns nobody`()
    async throws
  {
    let fleet = try await fleet(supervised: false)
    let halted = try fleet.worker()
    try await fleet.queue.send([slow.s(3).id("call")])
    #expect(try await eventually { try await fleet.queue.broker.length(of: .default) == 0 })
    halted.signal(SIGSTOP)
    try await Task.sleep(for: .seconds(1))  // less than the lease
    halted.signal(SIGCONT)
    let witness = try fleet.worker(2)
    try await Task.sleep(for: .seconds(1))  // a tick would recover it
    #expect(try await fleet.queue.broker.length(of: .default) == 0)
    halted.signal(SIGSTOP)

    let result = TaskResult<Double>(id: "call", in: fleet.queue)
    #expect(try await result.value(within: .seconds(20)) == 3)
    halted.signal(SIGCONT)
    #expect(try await eventually(.seconds(8)) { try await fleet.leftovers() == [] })
    #expect(try await fleet.deadLetters().isEmpty)
    halted.end(SIGTERM)
    witness.end(SIGTERM)
  }

  @Test func `a message with an empty id spoils none of its batch`() async throws {
    let fleet = try await fleet()
    let ids = (0..<20).map { TaskID("call-\($0)") }
    try await fleet.queue.send(
      ids[..<10].map { echo.s("x").id($0) } + [echo.s("nameless").id("")]
        + ids[10...].map { echo.s("x").id($0) })

    _ = try await fleet.run { try await fleet.isDone(ids, poisons: 1) }

    #expect(try await fleet.count(.success, of: ids) == 20)
    #expect(try await fleet.deadLetters().map(\.reason) != [])
    #expect(try await fleet.leftovers() == [])
  }

  private func fleet(
    supervised: Bool = true, options: [String] = []
  ) async throws -> Fleet {
    try Fleet(on: await RedisServer.start(), supervised: supervised, options: options)
  }

  // The poisons stand evenly among their neighbours, half of which run a while.
  private func send(
    poisons: [TaskID], among count: Int, to queue: TaskQueue
  ) async throws -> [TaskID] {
    let ids = (0..<count).map { TaskID("call-\($0)") }
    let distance = count / poisons.count
    var calls: [Signature<Double>] = []
    for (index, id) in ids.enumerated() {
      if distance > 0, index % distance == min(2, distance - 1), index / distance < poisons.count {
        calls.append(crash.s().id(poisons[index / distance]))
      }
      calls.append(index % 2 == 0 ? echo.s("x").id(id) : slow.s(0.1).id(id))
    }
    if count == 0 { calls = poisons.map { crash.s().id($0) } }
    try await queue.send(calls)
    return ids
  }
}

extension Fleet {
  fileprivate func isDone(_ ids: [TaskID], poisons: Int) async throws -> Bool {
    guard try await deadLetters().count >= poisons else { return false }
    return try await count(.success, of: ids) == ids.count
  }
}
