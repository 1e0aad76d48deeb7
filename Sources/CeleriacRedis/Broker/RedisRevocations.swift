public import CeleriacCore
import Logging
import Synchronization

/// A worker's picture of `celeriac:revoked`, made when its subscription stands and again after each gap.
///
///     listening ──► load ──► sure ──(connection lost)──► unsure: ask ──► resumed ──► load ──► sure
///
/// Every hour it is made anew, so that it holds no more than the server does.
final class RedisRevocations: Revocations {
  private struct State {
    var known: Set<TaskID> = []
    // What takes the place of all that is known when the load is through.
    var loaded: Set<TaskID> = []
    var isLoading = false
    var isSure = false
    // A load that began before the last gap, or before a newer load, proves nothing.
    var load = 0
    var isRefused = false
  }

  private static let refresh = Duration.seconds(3600)
  private static let patience = Duration.seconds(5)

  private let state = Mutex(State())
  private let connection: RedisConnection
  private let thread: IOThread
  private let logger: Logger
  private let channel: String
  private let onRevoked: @Sendable ([TaskID]) -> Void
  // Kept, for what it hears ends with it.
  private let listening = Mutex<(RedisSubscriber, RedisSubscription)?>(nil)

  init(
    _ url: RedisURL, on thread: IOThread, asking connection: RedisConnection, logger: Logger,
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) {
    self.connection = connection
    self.thread = thread
    self.logger = logger
    self.onRevoked = onRevoked
    channel = Keys.revocationNews(url.database)
    let subscriber = RedisSubscriber(
      RedisConfiguration(url, clientName: "celeriac-revocations"), on: thread
    ) { [weak self] event in
      if case .connected = event { return }
      self?.doubt()
    }
    listen(with: subscriber)
  }

  private func listen(with subscriber: RedisSubscriber) {
    let subscription = subscriber.subscribe(to: channel) { [weak self] in self?.receive($0) }
    listening.withLock { $0 = (subscriber, subscription) }
  }

  func knows(_ id: TaskID) -> Bool? {
    state.withLock { state in
      if !state.known.isEmpty, state.known.contains(id) { return true }
      return state.isSure ? false : nil
    }
  }

  func ask(_ id: TaskID) async throws(BrokerError) -> Bool {
    var batch = RedisBatch()
    batch.append("ZSCORE", Keys.revoked, id.rawValue)
    return try await connection.run(batch).first?.isNull == false
  }

  // From here on news may be missed; what is loaded before proves nothing.
  private func doubt() {
    state.withLock { state in
      state.isSure = false
      state.load += 1
    }
  }

  private func receive(_ signal: RedisSubscriber.Signal) {
    switch signal {
    case .message(let bytes): enter([TaskID(String(decoding: bytes, as: UTF8.self))])
    case .listening, .resumed:
      doubt()
      if note(isRefused: false) {
        logger.notice("revocations are heard again", metadata: ["channel": "\(channel)"])
      }
      load()
    case .failed(let error):
      doubt()
      if error.code == .errorReply { listenLater(because: error) }
    case .timeIsOver: doubt()
    }
  }

  // Whether it was refused before.
  private func note(isRefused: Bool) -> Bool {
    state.withLock { state in
      defer { state.isRefused = isRefused }
      return state.isRefused
    }
  }

  // A server that refuses may change its mind, or its administrator may.
  private func listenLater(because error: RedisError) {
    if !note(isRefused: true) {
      logger.error(
        "revocations can't be heard: each task asks for its own, and none that runs is cancelled",
        metadata: ["channel": "\(channel)", "reason": "\(error)"])
    }
    thread.schedule(after: Self.patience) { [weak self] _ in
      guard let self, let (subscriber, _) = listening.withLock({ $0 }) else { return }
      listen(with: subscriber)
    }
  }

  private func load() {
    let load = state.withLock { state in
      state.load += 1
      state.loaded = []
      state.isLoading = true
      return state.load
    }
    loadPage(from: "0", of: load)
  }

  // ZSCAN shows all that is there from its begin to its end, whatever is trimmed meanwhile.
  private func loadPage(from cursor: String, of load: Int) {
    var batch = RedisBatch()
    batch.append("ZSCAN", Keys.revoked, cursor, "COUNT", 1000)
    connection.submit(batch) { [weak self] outcome in
      guard let self, state.withLock({ $0.load == load }) else { return }
      guard let page = try? outcome.get().first?.array, page.count == 2, let next = page[0].text,
        let pairs = page[1].array
      else { return loadLater(than: load, after: .seconds(1)) }
      enter(
        stride(from: 0, to: pairs.count, by: 2).compactMap { pairs[$0].text.map { TaskID($0) } })
      guard next == "0" else { return loadPage(from: next, of: load) }
      let isThrough = state.withLock { state in
        guard state.load == load else { return false }
        state.known = state.loaded
        state.loaded = []
        state.isLoading = false
        state.isSure = true
        return true
      }
      if isThrough { loadLater(than: load, after: Self.refresh) }
    }
  }

  // The server would not say, and each task asks until it does; or what is known may be forgotten.
  private func loadLater(than last: Int, after delay: Duration) {
    thread.schedule(after: delay) { [weak self] _ in
      guard let self, state.withLock({ $0.load == last }) else { return }
      load()
    }
  }

  private func enter(_ ids: [TaskID]) {
    let new = state.withLock { state in
      if state.isLoading { state.loaded.formUnion(ids) }
      return ids.filter { state.known.insert($0).inserted }
    }
    if !new.isEmpty { onRevoked(new) }
  }
}

extension RedisBroker {
  /// Enters calls as revoked, for thirty days, and tells every worker.
  ///
  /// One round trip. Where this user may not publish, what runs already is not cancelled, and the log
  /// says so.
  public func revoke(_ ids: [TaskID]) async throws(BrokerError) {
    guard !ids.isEmpty else { return }
    let channel = Keys.revocationNews(url.database)
    var batch = RedisBatch()
    for id in ids {
      batch.append(.revoke, keys: [Keys.revoked], 30 * 86_400_000, channel, id.rawValue)
    }
    let replies = try await connection.run(batch, on: [ExpectedKey(Keys.revoked, "zset")])
    guard let reason = replies.lazy.compactMap(\.text).first else { return }
    logger.warning(
      "revoked, but no worker is told: what runs already runs on",
      metadata: ["channel": "\(channel)", "reason": "\(reason)"])
  }

  /// Follows the revocations over a connection of its own.
  public func revocations(
    _ onRevoked: @escaping @Sendable ([TaskID]) -> Void
  ) -> any Revocations {
    RedisRevocations(url, on: thread, asking: connection, logger: logger, onRevoked)
  }
}

extension RedisResultStore {
  /// Stores that a call was revoked, unless it has started or ended; one round trip.
  public func storeRevocation(_ write: ResultWrite) async throws(BrokerError) {
    var batch = RedisBatch()
    batch.append(
      .storeRevocation, keys: [Keys.result(write.id)], write.expirySeconds, write.bytes)
    _ = try await connection.run(batch)
  }
}
