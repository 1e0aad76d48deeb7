import CeleriacCore
import DeliveryModel
import TestSupport

@testable import CeleriacRedis

/// A random sequence of steps, each taken by the model and by a Redis.
///
/// The real ``LoanBook`` and ``SettleRequest`` say what is sent; the model is told the same.
struct ModelReplay {
  static let messages: MessageNumber = 3

  let redis: ScriptBench
  /// Whether Celery's workers can see what is on loan.
  let isVisible: Bool
  let rules = Rules()
  var server = Server()
  var workers = ReplayedWorkers()
  var generator: SeededGenerator
  var steps: [String] = []

  init(seed: UInt64, isVisible: Bool = false) async throws {
    self.isVisible = isVisible
    redis = try await ScriptBench()
    generator = SeededGenerator(seed: seed)
  }

  mutating func step() async throws {
    switch Int.random(in: 0..<22, using: &generator) {
    case 0...3: try await send()
    case 4: try await register()
    case 5...7: try await take()
    case 8: try await takeSuspects()
    case 9: try await move()
    case 10...13: try await settle()
    case 14...15: try await tick()
    case 16: try await expire()
    case 17: try await release()
    case 18: try await standStill()
    case 19: try await storeProgress()
    default: try await forget()
    }
  }

  // Steps

  private mutating func send() async throws {
    guard let message = (0..<Self.messages).first(where: { server.places(of: $0) == 0 }) else {
      return try await forgetEnded()
    }
    note("send \(message)")
    server.lists[List.queue].insert(message)
    try await redis("LPUSH", "q", text(of: message))
  }

  // What is over can be sent again.
  private mutating func forgetEnded() async throws {
    note("clear")
    server.done.removeAll()
    server.dead.removeAll()
    try await redis("DEL", Keys.dead)
  }

  private mutating func register() async throws {
    let name = randomName()
    note("register \(name)")
    let isKnown = server.register(name, rules)
    let (redis, worker, isVisible) = (redis, worker(name), isVisible)
    let reply = try await Self.unlessFenced {
      try await redis.register(worker, isVisible: isVisible)
      return .null
    }
    try expect(isKnown == (reply != nil), "known")
  }

  private mutating func take() async throws {
    let name = randomName()
    guard let batch = workers.freeBatch(of: name, on: server),
      let waiting = workers.freeBatch(of: name, besides: batch, on: server)
    else { return }
    let number = workers.claim(batch, of: name)
    let waitingNumber = workers.claim(waiting, of: name)
    let room = Int.random(in: 1...2, using: &generator)
    note("take \(name):\(batch) or wait with \(waiting)")
    let (redis, worker) = (redis, worker(name))
    let reply = try await Self.unlessFenced {
      try await redis.take(room, for: worker, batch: number, waitingIn: [waitingNumber])
    }
    try expect(server.leases[name].isLive == (reply != nil), "live")
    guard let reply else { return }
    guard let taken = reply.array?.first?.array?.dropFirst() else {
      try expect(server.lists[List.queue].isEmpty, "there is nothing")
      try expect(server.expect(from: List.queue, as: name, batch: waiting), "live")
      workers.lanes.append((name, waiting))
      if isVisible { workers.unadopted.insert(Keys.loan(worker, waitingNumber)) }
      return
    }
    let messages = taken.compactMap { $0.text.flatMap(Self.message) }
    try expect(
      server.take(
        messages[0], and: messages.dropFirst().first, from: List.queue, as: name, batch: batch),
      "live")
    enter(taken.compactMap(\.bytes), messages, name, batch)
  }

  private mutating func takeSuspects() async throws {
    let name = randomName()
    let lists = (1..<List.count).filter { !server.lists[$0].isEmpty }
    guard let list = lists.randomElement(using: &generator),
      let batch = workers.freeBatch(of: name, on: server)
    else { return }
    let number = workers.claim(batch, of: name)
    let apart = Int.random(in: 0...1, using: &generator)
    note("suspects \(list) into \(name):\(batch), apart \(apart)")
    let (redis, worker) = (redis, worker(name))
    let reply = try await Self.unlessFenced {
      try await redis.connection.send(
        .takeSuspects, keys: [Keys.loans(worker), Keys.suspects(list, "q")], worker, 2, number,
        apart)
    }
    try expect(server.leases[name].isLive == (reply != nil), "live")
    guard let taken = reply?.array?.first?.array?.dropFirst() else { return }
    let messages = taken.compactMap { $0.text.flatMap(Self.message) }
    try expect(apart == 0 || messages.count == 1, "alone")
    _ = server.take(
      messages[0], and: messages.dropFirst().first, from: list, as: name, batch: batch)
    enter(taken.compactMap(\.bytes), messages, name, batch)
  }

  private mutating func enter(
    _ bytes: [[UInt8]], _ messages: [MessageNumber], _ name: Int, _ batch: Int
  ) {
    // Now and then the reply is lost.
    guard Int.random(in: 0..<5, using: &generator) > 0 else {
      note("lose the reply")
      return workers.suspect(batch, of: name)
    }
    workers.enter(bytes, messages, name, batch)
  }

  private mutating func move() async throws {
    guard let place = workers.lanes.indices.randomElement(using: &generator) else { return }
    let lane = workers.lanes.remove(at: place)
    let loan = Keys.loan(worker(lane.name), workers.numbers[lane.name][lane.batch])
    note("move into \(lane.name):\(lane.batch)")
    // What BLMOVE does as soon as it can.
    let reply = try await redis("LMOVE", "q", loan, "RIGHT", "LEFT")
    guard let message = reply.text.flatMap(Self.message), let bytes = reply.bytes else {
      return try expect(server.lists[List.queue].isEmpty, "there is nothing")
    }
    server.move(message, from: List.queue, to: lane.name, batch: lane.batch)
    if isVisible, try await !adopt(in: lane.batch, of: lane.name) {
      return workers.suspect(lane.batch, of: lane.name)
    }
    enter([bytes], [message], lane.name, lane.batch)
  }

  // Now and then the worker is cut off before it can.
  private mutating func adopt(in batch: Int, of name: Int) async throws -> Bool {
    guard Int.random(in: 0..<5, using: &generator) > 0 else { return false }
    let number = workers.numbers[name][batch]
    let (redis, worker) = (redis, worker(name))
    let reply = try await Self.unlessFenced {
      try await redis.connection.send(.adopt, keys: [Keys.loans(worker)], worker, number)
    }
    try expect(server.leases[name].isLive == (reply != nil), "live")
    guard let reply else { return false }
    try expect(reply.integer == 1, "there")
    workers.unadopted.remove(Keys.loan(worker, number))
    return true
  }

  private mutating func tick() async throws {
    let name = randomName()
    workers.now += .seconds(6)
    let reclaims = workers.books[name].reclaims(at: workers.now)
    note("tick \(name), open \(reclaims.open), last \(reclaims.last)")
    let reply = try await redis.tick(
      worker(name), reclaim: reclaims.open.map(String.init),
      forget: reclaims.last.map(String.init))
    let isLive = server.renew(
      name, open: workers.bits(reclaims.open, of: name), last: workers.bits(reclaims.last, of: name)
    )
    try expect(isLive == (reply[0] == 1), "live")
    if isLive { workers.books[name].reclaimed(reclaims, at: workers.now) }
    server.promote()
    guard server.mayRecover(rules) else { return }
    for other in 0..<Server.leaseCount
    where server.leases[other].exists && server.leases[other].isExpired {
      server.recover(other, rules)
      // The next sweep is some seconds away.
      server.leases[other].isExpired = false
    }
  }

  private mutating func expire() async throws {
    // The model counts no further than its last list.
    let names = (0..<Server.leaseCount).filter { name in
      server.leases[name].exists
        && (0..<Server.batchCount).allSatisfy {
          server.leases[name].batches[$0].list < List.count - 1
        }
    }
    guard let name = names.randomElement(using: &generator) else { return }
    note("expire \(name)")
    server.leases[name].isExpired = true
    try await redis.expire(worker(name))
    // A name is forgotten after its eighth sweep; there is none to take its place here.
    if try await redis("HEXISTS", Keys.loans(worker(name)), "sweeps").integer == 1 {
      try await redis("HSET", Keys.loans(worker(name)), "sweeps", "1")
    }
  }

  private mutating func release() async throws {
    let name = randomName()
    note("release \(name)")
    server.release(name, hasCrashed: false)
    server.leases[name].isExpired = false
    _ = try await redis.release(worker(name))
  }

  // What the last sweep does, long after the others.
  private mutating func forget() async throws {
    let name = randomName()
    let lease = server.leases[name]
    let isEmpty = (0..<Server.batchCount).allSatisfy { lease.batches[$0].isEmpty }
    guard lease.exists, !lease.isLive, isEmpty else { return }
    note("forget \(name)")
    server.leases[name] = Server.Lease()
    let worker = worker(name)
    workers.forget(name)
    try await redis("DEL", Keys.loans(worker))
    try await redis("ZREM", Keys.workers, worker)
  }

  // Redis is away, or the grace after that is over.
  private mutating func standStill() async throws {
    if server.recovery == .open {
      note("outage")
      server.recovery = .stale
      try await redis("HSET", Keys.recovery, "last", "1")
      // Nor has anybody renewed a lease for more than half of it.
      let end = SystemWallClock().now().milliseconds + 20_000
      for name in workers.books.indices {
        try await redis("ZADD", Keys.workers, "XX", "LT", "\(end)", worker(name))
      }
    } else if server.recovery == .grace {
      note("outage ends")
      server.recovery = .open
      try await redis("HSET", Keys.recovery, "from", "1")
    }
  }

  private mutating func storeProgress() async throws {
    let message = MessageNumber.random(in: 0..<Self.messages, using: &generator)
    note("progress \(message)")
    server.store(.other, of: message, rules)
    _ = try await redis.run(.store, [Keys.result(TaskID("\(message)"))], "60", "other")
  }
}
