package import CeleriacCore

/// What a Redis holds of Celeriac's, as `status` shows it.
package struct Overview: Sendable {
  /// A worker that has a lease, or had one until lately.
  package struct Worker: Sendable, Hashable {
    /// What it calls itself.
    package let name: String
    /// Its name on the loans, unique to one life of one process.
    package let id: String
    /// How it is.
    package let life: Life
  }

  /// How a worker is.
  package enum Life: Sendable, Hashable {
    /// It takes messages and renews its lease.
    case alive
    /// Its lease has run out: the next worker to tick puts its messages back.
    case lost
    /// It has ended, and its messages are back in their queues.
    case retired
  }

  /// A queue and what waits in it.
  package struct Queue: Sendable, Hashable {
    /// The queue.
    package let name: QueueName
    /// The messages that can be taken now, suspects included.
    package let waiting: Int
    /// Those that were on loan when a worker crashed.
    package let suspects: Int
    /// The messages that wait for their time.
    package let scheduled: Int
  }

  /// The workers, by name.
  package let workers: [Worker]
  /// The queues, in the order asked for.
  package let queues: [Queue]
  /// How many messages were given up.
  package let deadLetters: Int
  /// How long ago the oldest of them was.
  package let oldestDeadLetter: Duration?

  /// Looks; two round trips, whatever the counts.
  package static func read(
    _ queues: [QueueName], over connection: RedisConnection
  ) async throws(RedisError) -> Overview {
    var batch = RedisBatch()
    batch.append("TIME")
    batch.append("XLEN", Keys.dead)
    batch.append("XRANGE", Keys.dead, "-", "+", "COUNT", 1)
    batch.append("ZRANGE", Keys.workers, 0, -1, "WITHSCORES")
    for queue in queues {
      for key in Keys.waiting(queue) { batch.append("LLEN", key) }
      batch.append("ZCARD", Keys.scheduled(queue))
    }
    let keys = queues.flatMap { ExpectedKey.of($0) } + ExpectedKey.common
    var replies = try await run(batch, connection, keys)[...]
    let time = replies.removeFirst().array?.compactMap(\.text).compactMap { Double($0) } ?? []
    let now = (time.first ?? 0) * 1000
    let dead = replies.removeFirst().integer ?? 0
    let oldest = replies.removeFirst().array?.first?.array?.first?.text
    let leases = replies.removeFirst().array?.compactMap(\.text) ?? []
    var found: [Queue] = []
    for queue in queues {
      let count = Keys.waiting(queue).count + 1
      let counts = replies.prefix(count).compactMap(\.integer)
      replies = replies.dropFirst(count)
      let suspects = counts.dropFirst(PriorityStep.all.count).dropLast().reduce(0, +)
      found.append(
        Queue(
          name: queue, waiting: counts.dropLast().reduce(0, +), suspects: suspects,
          scheduled: counts.last ?? 0))
    }
    let age = oldest.flatMap { DeadLetterID($0) }.map {
      Duration.milliseconds(max(Int64(now) - $0.milliseconds, 0))
    }
    let workers = try await readWorkers(leases, at: now, over: connection)
    return Overview(workers: workers, queues: found, deadLetters: dead, oldestDeadLetter: age)
  }

  // `leases` holds the workers and their scores in turn.
  private static func readWorkers(
    _ leases: [String], at now: Double, over connection: RedisConnection
  ) async throws(RedisError) -> [Worker] {
    var batch = RedisBatch()
    let ids = stride(from: 0, to: leases.count - 1, by: 2).map { leases[$0] }
    for id in ids { batch.append("HGETALL", Keys.loans(id)) }
    let replies = try await run(batch, connection, ids.map { ExpectedKey(Keys.loans($0), "hash") })
    var workers: [Worker] = []
    for (index, reply) in replies.enumerated() {
      let fields = reply.array?.compactMap(\.text) ?? []
      var values: [String: String] = [:]
      for field in stride(from: 0, to: fields.count - 1, by: 2) {
        values[fields[field]] = fields[field + 1]
      }
      let hasLease = values["live"] != nil && (Double(leases[2 * index + 1]) ?? 0) > now
      let life: Life = hasLease ? .alive : values["sweeps"] == nil ? .lost : .retired
      workers.append(Worker(name: values["name"] ?? "?", id: ids[index], life: life))
    }
    return workers.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
  }

  private static func run(
    _ batch: RedisBatch, _ connection: RedisConnection, _ keys: [ExpectedKey]
  ) async throws(RedisError) -> [RedisReply] {
    let replies = try await connection.send(batch)
    do throws(RedisError) {
      for reply in replies { _ = try reply.orThrow(by: connection.subject) }
    } catch {
      throw await connection.explain(error, by: keys)
    }
    return replies
  }
}

extension BeatState {
  /// What is known of entries, without making them known: nil for one that no beat has seen.
  ///
  /// One round trip.
  package static func peek(
    _ entries: [BeatEntryID], over connection: RedisConnection
  ) async throws(RedisError) -> [BeatState?] {
    var batch = RedisBatch()
    for entry in entries {
      batch.append("HMGET", Keys.beat(entry.name), "anchor:\(entry.schedule)", "last")
    }
    return try await connection.send(batch).map { reply in
      let fields = reply.array ?? []
      guard fields.count == 2, let anchor = fields[0].milliseconds else { return nil }
      return BeatState(anchor: anchor, lastFiredOfEntry: fields[1].milliseconds)
    }
  }
}

extension RedisReply {
  fileprivate var milliseconds: Timestamp? {
    text.flatMap { Int64($0) }.map { Timestamp(microsecondsSince1970: $0 * 1000) }
  }
}
