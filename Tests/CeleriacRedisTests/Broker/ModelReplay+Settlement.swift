import CeleriacCore
import DeliveryModel

@testable import CeleriacRedis

extension ModelReplay {
  /// Settles one message or two of a worker's in one request.
  mutating func settle() async throws {
    guard let first = workers.held.randomElement(using: &generator) else { return }
    var chosen = [first]
    let others = workers.held.filter { $0.name == first.name && $0.loan != first.loan }
    if Bool.random(using: &generator), let other = others.randomElement(using: &generator) {
      chosen.append(other)
    }
    let settlements = chosen.map { ($0, randomEnding()) }
    let request = SettleRequest(
      settlements.map { Settlement($0, $1) }, book: &workers.books[first.name], withResults: true,
      isVisible: isVisible)
    note("settle \(settlements.map { "\($0.name):\($0.batch):\($0.index) \($1)" })")
    guard let call = request.batch else { return }
    let connection = redis.connection
    let reply = try await Self.unlessFenced {
      try await connection.send(call)[0].orThrow()
    }
    try expect(server.leases[first.name].isLive == (reply != nil), "live")
    guard let reply else { return }
    let places = reply.array?.compactMap(\.integer) ?? []
    let sent = settlements.filter { request.sent.contains($0.0.loan) }
    try settle(sent, closing: request.closed, lost: places)
    guard Int.random(in: 0..<5, using: &generator) > 0 else { return note("lose the reply") }
    _ = request.read(reply, into: &workers.books[first.name])
  }

  private mutating func settle(
    _ settlements: [(ReplayedWorkers.Held, Ending)], closing closed: Set<Int>, lost places: [Int]
  ) throws {
    var dropped: [ReplayedWorkers.Held] = []
    for (place, (held, ending)) in settlements.enumerated() {
      let settling = Settling(
        batch: UInt8(held.batch), index: UInt8(held.index), ending,
        closes: closed.contains(workers.numbers[held.name][held.batch]), message: held.message)
      let slot = server.leases[held.name].batches[held.batch].slots[held.index]
      // Where it asks for the entry, an acknowledgement that comes again finds none.
      if isVisible, slot == .tombstone {
        try expect(places.contains(place), "settlement \(place) comes again")
        continue
      }
      let isThere = server.settle(settling, as: held.name, rules)
      try expect(isThere != places.contains(place), "settlement \(place) is lost")
      if isThere, settling.closes { dropped.append(held) }
    }
    for held in dropped { server.drop(held.name, batch: held.batch) }
  }

  private mutating func randomEnding() -> Ending {
    let endings: [Ending] = [.success, .success, .early, .requeue, .schedule, .bury]
    return endings.randomElement(using: &generator) ?? .success
  }
}

extension Settlement {
  /// The settlement that the model calls `ending`.
  fileprivate init(_ held: ReplayedWorkers.Held, _ ending: Ending) {
    let id = TaskID("\(held.message)")
    func result(_ state: TaskState, _ record: String) -> ResultWrite {
      ResultWrite(id: id, state: state, bytes: Array(record.utf8), expiry: .seconds(60))
    }
    let success = result(.success, #"{"status": "SUCCESS"}"#)
    let other = result(.failure, "other")
    switch ending {
    case .none, .success: self.init(held.loan, .acknowledge, result: success)
    case .early: self.init(held.loan, .acknowledge)
    case .requeue: self.init(held.loan, .requeue)
    case .schedule:
      let message = Message(bytes: held.bytes, queue: "q")
      let due = Timestamp(microsecondsSince1970: 1_000_000)
      self.init(held.loan, .schedule(message, due: due), result: other)
    case .bury: self.init(held.loan, .bury(reason: "because"), result: other)
    }
  }
}
