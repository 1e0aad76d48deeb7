public import CeleriacCore
public import CeleriacSchedule
public import Logging

/// Celery's broker on Redis, 6.2 or later: Celery's own lists, and loans that survive any crash.
///
/// Every step that moves a message is one command or one script, so a message is always in exactly
/// one place. All connections of a process share one I/O thread.
public final class RedisBroker: Broker {
  /// The server.
  public let url: RedisURL

  package let thread: IOThread
  let connection: RedisConnection
  let logger: Logger

  /// Begins to connect.
  ///
  /// - Throws: ``RedisError`` when the operating system gives no thread for it.
  public convenience init(
    _ url: RedisURL, logger: Logger = Logger(label: "celeriac.redis")
  ) throws(RedisError) {
    self.init(url, on: try IOThread(), logger: logger)
  }

  init(_ url: RedisURL, on thread: IOThread, logger: Logger) {
    self.url = url
    self.thread = thread
    self.logger = logger
    connection = RedisConnection(RedisConfiguration(url), on: thread, access: .direct)
  }

  /// The URL, without password.
  public var name: String { url.description }

  /// Puts messages into their queues, all of them or none.
  ///
  /// One round trip: an LPUSH for one list, a script for several.
  public func send(_ messages: [Message]) async throws(BrokerError) {
    guard let first = messages.first else { return }
    let batch =
      messages.count == 1
      ? Self.push([first.bytes], to: first.list) : Self.push(Self.byList(messages))
    try await run(batch, on: Self.byList(messages).map { ExpectedKey($0.key, "list") })
  }

  private static func byList(_ messages: [Message]) -> [(key: String, texts: [[UInt8]])] {
    var lists: [(key: String, texts: [[UInt8]])] = []
    for message in messages {
      let key = message.list
      if let index = lists.firstIndex(where: { $0.key == key }) {
        lists[index].texts.append(message.bytes)
      } else {
        lists.append((key, [message.bytes]))
      }
    }
    return lists
  }

  private static func push(_ lists: [(key: String, texts: [[UInt8]])]) -> RedisBatch {
    if lists.count == 1 { return push(lists[0].texts, to: lists[0].key) }
    var batch = RedisBatch(capacity: lists.reduce(64) { $0 + size(of: $1.texts, for: $1.key) })
    batch.append(
      .push, keys: lists.map(\.key), Each(lists.map(\.texts.count)), Each(lists.flatMap(\.texts)))
    return batch
  }

  private static func push(_ texts: [[UInt8]], to key: String) -> RedisBatch {
    var batch = RedisBatch(capacity: size(of: texts, for: key))
    batch.append(arguments: 2 + texts.count) { writer in
      writer.append("LPUSH" as StaticString)
      writer.append(key)
      for text in texts { writer.append(text) }
    }
    return batch
  }

  // Each value's length stands before it, and a line's end after both.
  private static func size(of texts: [[UInt8]], for key: String) -> Int {
    texts.reduce(32 + key.utf8.count) { $0 + $1.count + 12 }
  }

  /// Starts to take messages on loan.
  public func consumer(_ options: ConsumerOptions) async throws(BrokerError) -> any Consumer {
    let consumer = RedisConsumer(options, url: url, thread: thread, logger: logger)
    try await consumer.open()
    return consumer
  }

  /// How many messages wait in a queue, all priorities together.
  public func length(of queue: QueueName) async throws(BrokerError) -> Int {
    var batch = RedisBatch()
    for key in Keys.waiting(queue) { batch.append("LLEN", key) }
    return try await run(batch, on: ExpectedKey.of(queue)).compactMap(\.integer).reduce(0, +)
  }

  /// Drops the messages that wait in a queue, those that wait for their time included.
  ///
  /// One round trip, and one step: what arrives meanwhile is dropped whole or not at all.
  public func purge(_ queue: QueueName) async throws(BrokerError) -> Int {
    let keys = Keys.waiting(queue)
    var batch = RedisBatch()
    batch.append("MULTI")
    for key in keys { batch.append("LLEN", key) }
    batch.append("ZCARD", Keys.scheduled(queue))
    batch.append("UNLINK", Each(keys + [Keys.scheduled(queue)]))
    batch.append("EXEC")
    let replies = try await run(batch).last?.array ?? []
    return replies.dropLast().compactMap(\.integer).reduce(0, +)
  }

  /// Sends the message of a periodic entry, unless that instant or a later one was fired before.
  public func fire(
    _ entry: BeatEntryID, due: Timestamp, message: Message
  ) async throws(BrokerError) -> Bool {
    var batch = RedisBatch()
    batch.append(
      .fire,
      keys: [
        Keys.beat(entry.name), message.list,
      ], entry.schedule, Int(due.milliseconds), message.bytes)
    return try await run(
      batch, on: [ExpectedKey(Keys.beat(entry.name), "hash"), ExpectedKey(message.list, "list")]
    ).first?.integer == 1
  }

  /// What is known of a periodic entry; the first to ask with its schedule sets the anchor.
  public func beatState(
    of entry: BeatEntryID, startingAt start: Timestamp
  ) async throws(BrokerError) -> BeatState {
    var batch = RedisBatch()
    batch.append(
      .beatState, keys: [Keys.beat(entry.name)], entry.schedule, Int(start.milliseconds))
    let fields =
      try await run(batch, on: [ExpectedKey(Keys.beat(entry.name), "hash")]).first?.array ?? []
    guard fields.count == 2, let anchor = fields[0].timestamp else {
      throw BrokerError(.refused, detail: "\(name): the state of entry '\(entry.name)' is damaged")
    }
    return BeatState(anchor: anchor, lastFiredOfEntry: fields[1].timestamp)
  }

  /// Ends the connection; consumers are closed by their workers.
  public func close() async {
    connection.close()
  }

  @discardableResult
  private func run(
    _ batch: RedisBatch, on keys: @autoclosure () -> [ExpectedKey] = []
  ) async throws(BrokerError) -> [RedisReply] {
    try await connection.run(batch, on: keys())
  }
}

extension Message {
  /// The list in which it waits.
  fileprivate var list: String { PriorityStep.key(of: queue, priority: priority) }
}

extension RedisConnection {
  /// Sends a batch in which no reply may be an error.
  ///
  /// `keys` are those that it works on, asked for to name one that is of the wrong type.
  func run(
    _ batch: RedisBatch, on keys: @autoclosure () -> [ExpectedKey] = []
  ) async throws(BrokerError) -> [RedisReply] {
    do throws(RedisError) {
      let replies = try await send(batch)
      for reply in replies { _ = try reply.orThrow(by: subject) }
      return replies
    } catch {
      throw BrokerError(await explain(error, by: keys()))
    }
  }
}

extension RedisReply {
  fileprivate var timestamp: Timestamp? {
    text.flatMap { Int64($0) }.map { Timestamp(microsecondsSince1970: $0 * 1000) }
  }
}
