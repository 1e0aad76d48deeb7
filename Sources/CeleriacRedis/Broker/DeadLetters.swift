package import CeleriacCore

/// The messages that were given up, kept for replay until somebody replays or drops them.
package struct DeadLetters: Sendable {
  private let connection: RedisConnection

  /// Looks through a connection.
  package init(over connection: RedisConnection) {
    self.connection = connection
  }

  /// How many there are.
  package func count() async throws(RedisError) -> Int {
    try await connection.send(RedisCommand("XLEN", Keys.dead)).integer ?? 0
  }

  /// Up to `limit` letters that were buried before `id`, the last one first; the last ones of all
  /// without an id.
  package func page(
    before id: DeadLetterID? = nil, upTo limit: Int
  ) async throws(RedisError) -> [DeadLetter] {
    let end = id.map { "(\($0)" } ?? "+"
    return try await letters(RedisCommand("XREVRANGE", Keys.dead, end, "-", "COUNT", limit))
  }

  /// One letter, if it is still there.
  package func letter(_ id: DeadLetterID) async throws(RedisError) -> DeadLetter? {
    let text = id.description
    return try await letters(RedisCommand("XRANGE", Keys.dead, text, text)).first
  }

  /// Sends messages again, each back to the list it came from as if it had just been sent.
  ///
  /// Each is moved in a step of its own: none is lost or doubled, whoever else replays it.
  ///
  /// - Returns: The letters that were not there any more.
  package func replay(
    _ addresses: [DeadLetterAddress]
  ) async throws(RedisError) -> Set<DeadLetterID> {
    var batch = RedisBatch()
    for address in addresses {
      batch.append(
        .replay, keys: [Keys.dead, address.list], address.id.description)
    }
    return try await missing(addresses.map(\.id), batch)
  }

  /// Drops letters for good.
  ///
  /// - Returns: The letters that were not there any more.
  package func drop(_ ids: [DeadLetterID]) async throws(RedisError) -> Set<DeadLetterID> {
    var batch = RedisBatch()
    for id in ids { batch.append("XDEL", Keys.dead, id.description) }
    return try await missing(ids, batch)
  }

  private func missing(
    _ ids: [DeadLetterID], _ batch: RedisBatch
  ) async throws(RedisError) -> Set<DeadLetterID> {
    var missing: Set<DeadLetterID> = []
    for (id, reply) in zip(ids, try await connection.send(batch))
    where try reply.orThrow(by: connection.subject).integer == 0 { missing.insert(id) }
    return missing
  }

  private func letters(_ command: RedisCommand) async throws(RedisError) -> [DeadLetter] {
    try await connection.send(command).array?.compactMap(DeadLetter.init) ?? []
  }
}

/// The name of a dead letter: the server's time in milliseconds, and a number.
package struct DeadLetterID: Hashable, Sendable, CustomStringConvertible {
  /// When the letter was buried, in milliseconds since 1970.
  package let milliseconds: Int64
  private let number: Int64

  /// Reads `1764000000000-0`; nil when it is nothing like it.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count <= 2, let time = Int64(parts[0]), time >= 0,
      let number = parts.count == 2 ? Int64(parts[1]) : 0, number >= 0
    else { return nil }
    milliseconds = time
    self.number = number
  }

  /// The name in Redis.
  package var description: String { "\(milliseconds)-\(number)" }
}

/// A letter, and the list that its message goes back to.
package struct DeadLetterAddress: Sendable {
  /// The letter.
  package let id: DeadLetterID
  /// The message's queue.
  package let queue: QueueName

  let list: String
}

/// A message that was given up.
package struct DeadLetter: Sendable {
  /// Its name.
  package let id: DeadLetterID
  /// The queue that it was taken from.
  package let queue: QueueName
  /// Why it was given up.
  package let reason: String
  /// How many crashes it was counted for.
  package let crashes: Int
  /// What the worker calls itself that gave it up.
  package let worker: String
  /// The message, exactly as it was sent.
  package let message: [UInt8]

  init?(_ reply: RedisReply) {
    guard let entry = reply.array, entry.count == 2,
      let id = entry[0].text.flatMap({ DeadLetterID($0) }),
      let fields = entry[1].array
    else { return nil }
    var values: [String: [UInt8]] = [:]
    for field in stride(from: 0, to: fields.count - 1, by: 2) {
      if let name = fields[field].text { values[name] = fields[field + 1].bytes }
    }
    func text(_ name: String) -> String { String(decoding: values[name] ?? [], as: UTF8.self) }
    self.id = id
    queue = QueueName(text("queue"))
    reason = text("reason")
    crashes = Int(text("crashes")) ?? 0
    worker = text("worker")
    message = values["message"] ?? []
  }

  /// Where the message goes when it is replayed: to the first list of its queue if it can't be read.
  package var address: DeadLetterAddress {
    // A message that says nothing of its priority has the first.
    let priority = (try? Envelope(message))?.priority ?? 0
    return DeadLetterAddress(
      id: id, queue: queue, list: PriorityStep.key(of: queue, priority: priority))
  }
}
